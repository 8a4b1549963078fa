#include "index/recall_curve.h"

#include <gtest/gtest.h>

namespace sememe::index {
namespace {

RecallCurves some_curves() {
  RecallCurves curves;
  curves.curves[0] = {{.visits = 10, .slack = -0.1F, .recall = 0.5F},
                      {.visits = 40, .slack = 0.1F, .recall = 0.9F},
                      {.visits = 160, .slack = 0.2F, .recall = 0.98F}};
  curves.curves[1] = {{.visits = 30, .slack = 0, .recall = 0.5F},
                      {.visits = 150, .slack = 0.5F, .recall = 0.95F}};
  curves.curves[2] = {{.visits = 100, .slack = 0, .recall = 0.5F},
                      {.visits = 400, .slack = 0.25F, .recall = 0.95F}};
  return curves;
}

TEST(RecallCurves, InterpolateOverTheLogarithmOfVisitsAndOverSlack) {
  const RecallCurves curves = some_curves();
  EXPECT_EQ(curves.effort_for(0.9, 10).visits, 40);
  EXPECT_NEAR(curves.effort_for(0.9, 10).slack, 0.1, 1e-6);
  EXPECT_EQ(curves.effort_for(0.94, 10).visits, 80);  // half way from 40 to 160
  EXPECT_NEAR(curves.effort_for(0.94, 10).slack, 0.15, 1e-6);
  EXPECT_EQ(curves.effort_for(0.3, 10), (Effort{.visits = 10, .slack = -0.1F}));
  EXPECT_EQ(curves.effort_for(0.99, 10),
            (Effort{.visits = 160, .slack = 0.2F}));  // no more was sampled
}

TEST(RecallCurves, GoByTheNumberOfResults) {
  const RecallCurves curves = some_curves();
  EXPECT_EQ(curves.effort_for(0.9, 1), curves.effort_for(0.9, 10));
  EXPECT_EQ(curves.effort_for(0.95, 100), (Effort{.visits = 400, .slack = 0.25F}));
  EXPECT_EQ(curves.effort_for(0.95, 200), (Effort{.visits = 800, .slack = 0.25F}));
  EXPECT_EQ(curves.effort_for(0.95, 30), (Effort{.visits = 150, .slack = 0.5F}));
  const Effort between = curves.effort_for(0.95, 55);  // half way by the logarithm
  EXPECT_NEAR(static_cast<double>(between.visits), 246, 3);
  EXPECT_NEAR(between.slack, 0.375, 0.005);
  EXPECT_EQ(curves.effort_for(0.1, 99).visits, 99);  // never fewer than results
}

TEST(RecallCurves, WithoutSamplesAreCareful) {
  EXPECT_EQ(RecallCurves{}.effort_for(0.9, 10), (Effort{.visits = 200, .slack = kAnyDistance}));
}

// An index of fewer rows than the sampled results has no samples for these.
TEST(RecallCurves, BetweenSampledAndNotSampledGoOnToAny) {
  RecallCurves curves;
  curves.curves[0] = some_curves().curves[0];
  EXPECT_EQ(curves.effort_for(0.9, 20).slack, kAnyDistance);
}

}  // namespace
}  // namespace sememe::index
