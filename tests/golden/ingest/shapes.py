"""Shapes."""
import math
import sys


# How far is it?
@cached
def distance(a, b):
    return math.hypot(a, b)


class Circle:
    """Round."""

    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return math.pi * self.radius ** 2
