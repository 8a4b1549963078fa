// Shapes.
#include <cmath>

namespace shapes {

/**
 * How far is it?
 */
double distance(double a, double b) {
#ifdef FAST
  return fast(a, b);
#endif
  return std::hypot(a, b);
}

double square(double a) { return a * a; }

class Circle {
 public:
  double area() const { return 3 * radius * radius; }
};

}  // namespace shapes
