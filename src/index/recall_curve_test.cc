#include "index/recall_curve.h"

#include <gtest/gtest.h>

namespace sememe::index {
namespace {

RecallCurves some_curves() {
  RecallCurves curves;
  curves.curves[0] = {{.effort = 10, .recall = 0.5F},
                      {.effort = 40, .recall = 0.9F},
                      {.effort = 160, .recall = 0.98F}};
  curves.curves[1] = {{.effort = 30, .recall = 0.5F}, {.effort = 150, .recall = 0.95F}};
  curves.curves[2] = {{.effort = 100, .recall = 0.5F}, {.effort = 400, .recall = 0.95F}};
  return curves;
}

TEST(RecallCurves, InterpolateOverTheLogarithmOfEffort) {
  const RecallCurves curves = some_curves();
  EXPECT_EQ(curves.effort_for(0.9, 10), 40);
  EXPECT_EQ(curves.effort_for(0.94, 10), 80);  // half way from 40 to 160
  EXPECT_EQ(curves.effort_for(0.3, 10), 10);
  EXPECT_EQ(curves.effort_for(0.99, 10), 160);  // no more was sampled
}

TEST(RecallCurves, GoByTheNumberOfResults) {
  const RecallCurves curves = some_curves();
  EXPECT_EQ(curves.effort_for(0.9, 1), 40);
  EXPECT_EQ(curves.effort_for(0.95, 100), 400);
  EXPECT_EQ(curves.effort_for(0.95, 200), 800);
  EXPECT_EQ(curves.effort_for(0.95, 30), 150);
  EXPECT_GT(curves.effort_for(0.95, 55), 150);
  EXPECT_LT(curves.effort_for(0.95, 55), 400);
  EXPECT_EQ(curves.effort_for(0.1, 99), 99);  // never fewer than results
}

TEST(RecallCurves, WithoutSamplesAreCareful) { EXPECT_EQ(RecallCurves{}.effort_for(0.9, 10), 200); }

}  // namespace
}  // namespace sememe::index
