// Names of segment files: an index over the first rows of a vector file, beside it.
#ifndef SEMEME_STORE_SEGMENT_H_
#define SEMEME_STORE_SEGMENT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace sememe::store {

/// "vectors-000001-20000.graph". Rows are never overwritten: one name, one set of rows.
std::string segment_file_name(std::int64_t vector_file, std::int64_t rows);
/// Whether `name` has that form, or is one that was being written ("...graph.tmp" and more).
bool is_segment_file_name(std::string_view name);

}  // namespace sememe::store

#endif  // SEMEME_STORE_SEGMENT_H_
