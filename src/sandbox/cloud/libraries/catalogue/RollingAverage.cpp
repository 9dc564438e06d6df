#include "RollingAverage.h"

RollingAverage::RollingAverage(int length)
    : length_(length < 1 ? 1 : length > MOST_VALUES ? MOST_VALUES : length) {}

void RollingAverage::add(float value) {
    values_[next_] = value;
    next_ = (next_ + 1) % length_;
    if (count_ < length_) {
        count_++;
    }
}

float RollingAverage::average() const {
    float sum = 0;
    for (int i = 0; i < count_; i++) {
        sum += values_[i];
    }
    return count_ > 0 ? sum / count_ : 0;
}
