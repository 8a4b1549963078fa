// hnswlib's side of the race of indexes (index_peer.h): M 16, ef_construction 200, 32-bit floats.

#include <hnswlib/hnswlib.h>

#include "index_peer.h"

namespace sememe::race {
namespace {

class Hnswlib : public IndexPeer {
 public:
  explicit Hnswlib(std::string metric) : metric_(std::move(metric)) {}

  void build(MatrixView base) override {
    if (metric_ == "l2") {
      space_ = std::make_unique<hnswlib::L2Space>(base.cols);
    } else {
      space_ = std::make_unique<hnswlib::InnerProductSpace>(base.cols);
    }
    index_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(space_.get(), base.rows, 16, 200);
    for (std::size_t row = 0; row < base.rows; ++row) {
      index_->addPoint(base.row(row).data(), row);
    }
  }

  void set_effort(int effort) override { index_->setEf(static_cast<std::size_t>(effort)); }

  void search(const float* query, std::span<std::int32_t> ids) override {
    auto found = index_->searchKnn(query, ids.size());  // the farthest on top
    for (std::size_t place = found.size(); place-- > 0; found.pop()) {
      ids[place] = static_cast<std::int32_t>(found.top().second);
    }
  }

 private:
  std::string metric_;
  std::unique_ptr<hnswlib::SpaceInterface<float>> space_;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> index_;
};

}  // namespace
}  // namespace sememe::race

int main(int argc, char** argv) {
  using namespace sememe::race;
  return index_peer_main(argc, argv, [](const std::string& metric, const Words&) {
    return std::make_unique<Hnswlib>(metric);
  });
}
