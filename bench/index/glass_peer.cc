// Glass's side of the race of indexes (index_peer.h), from pyglass: HNSW of degree 32, effort of
// construction 200, built and walked on 8-bit codes (SQ8U, "level 2"), the best 1.5 k again with
// 32-bit floats.

#include <omp.h>

#include <glass/hnsw/hnsw.hpp>
#include <glass/searcher/graph_searcher.hpp>

#include "index_peer.h"

namespace sememe::race {
namespace {

class Glass : public IndexPeer {
 public:
  explicit Glass(const std::string& metric) : metric_(metric == "l2" ? "L2" : "IP") {}

  /// The tuning of prefetches is a part of building, as it is done once for an index.
  void build(MatrixView base) override {
    const auto rows = static_cast<int>(base.rows);
    const auto cols = static_cast<int>(base.cols);
    const auto builder = glass::create_hnsw(metric_, "SQ8U", 32, 200);
    searcher_ =
        glass::create_searcher(builder->Build(base.data, rows, cols), metric_, "SQ8U", "FP32");
    searcher_->SetData(base.data, rows, cols);
    searcher_->SetEf(32);
    searcher_->Optimize(1);
  }

  void set_effort(int effort) override { searcher_->SetEf(effort); }

  void search(const float* query, std::span<std::int32_t> ids) override {
    searcher_->Search(query, static_cast<int>(ids.size()), ids.data());
  }

 private:
  std::string metric_;
  std::unique_ptr<glass::GraphSearcherBase> searcher_;
};

}  // namespace
}  // namespace sememe::race

int main(int argc, char** argv) {
  using namespace sememe::race;
  omp_set_num_threads(1);
  return index_peer_main(argc, argv, [](const std::string& metric, const Words&) {
    return std::make_unique<Glass>(metric);
  });
}
