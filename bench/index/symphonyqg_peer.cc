// SymphonyQG's side of the race of indexes (index_peer.h), from RaBitQ-Library. SETTINGS: the
// effort of construction. Degree 32 and the library's three iterations.
//
// Vectors of unit length are searched by L2, which orders them as the cosine does and is the
// library's own default.

#include <rabitqlib/index/symqg/qg.hpp>
#include <rabitqlib/index/symqg/qg_builder.hpp>

#include "index_peer.h"

namespace sememe::race {
namespace {

class SymphonyQg : public IndexPeer {
 public:
  SymphonyQg(const std::string& metric, unsigned construction)
      : metric_(metric == "ip" ? rabitqlib::METRIC_IP : rabitqlib::METRIC_L2),
        construction_(construction) {}

  void build(MatrixView base) override {
    constexpr std::size_t kDegree = 32;
    graph_ = std::make_unique<rabitqlib::symqg::QuantizedGraph<float>>(base.rows, base.cols,
                                                                       kDegree, metric_);
    rabitqlib::symqg::QGBuilder(*graph_, construction_, base.data, 1).build();
  }

  void set_effort(int effort) override { graph_->set_ef(static_cast<std::size_t>(effort)); }

  void search(const float* query, std::span<std::int32_t> ids) override {
    graph_->search(query, static_cast<std::uint32_t>(ids.size()),
                   reinterpret_cast<std::uint32_t*>(ids.data()));
  }

 private:
  rabitqlib::MetricType metric_;
  unsigned construction_;
  std::unique_ptr<rabitqlib::symqg::QuantizedGraph<float>> graph_;
};

}  // namespace
}  // namespace sememe::race

int main(int argc, char** argv) {
  using namespace sememe::race;
  return index_peer_main(argc, argv, [](const std::string& metric, const Words& settings) {
    const auto construction = static_cast<unsigned>(std::stoul(settings.at(0)));
    return std::make_unique<SymphonyQg>(metric, construction);
  });
}
