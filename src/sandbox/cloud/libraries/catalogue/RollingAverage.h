#pragma once

#include "Particle.h"

/// The average of the last few values.
class RollingAverage {
public:
    static const int MOST_VALUES = 32;

    /// Remembers this many values, at most MOST_VALUES.
    explicit RollingAverage(int length);

    void add(float value);

    /// 0 before the first value.
    float average() const;

private:
    float values_[MOST_VALUES];
    int length_;
    int count_ = 0;
    int next_ = 0;
};
