// Fast validation against the oracle, and the promises of repair and decoding, on any bytes.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error_context.h"
#include "text/boundaries.h"
#include "text/utf8.h"
#include "text/utf8_oracle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sememe::text;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  const auto bad = find_invalid_utf8(bytes);
  SEMEME_CHECK(bad == oracle::find_invalid(bytes));

  const ReplacedText replaced = replace_invalid_utf8(bytes);
  SEMEME_CHECK(!find_invalid_utf8(replaced.text));
  SEMEME_CHECK((replaced.replaced_count() == 0) == !bad);
  SEMEME_CHECK(replaced.source_offset(replaced.text.size()) == size);

  // Decoding piece by piece and encoding again is repair, too.
  std::string again;
  for (const auto& item : CodePoints(bytes)) append_code_point(again, item.value);
  SEMEME_CHECK(again == replaced.text);

  std::size_t last = 0;
  for (const std::size_t end : sentence_ends(bytes)) {
    SEMEME_CHECK(end > last && end <= size);
    last = end;
  }
  SEMEME_CHECK(last == size);
  return 0;
}
