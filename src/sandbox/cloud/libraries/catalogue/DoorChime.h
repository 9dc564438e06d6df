#pragma once

#include "Particle.h"

/// A chime of two notes.
class DoorChime {
public:
    explicit DoorChime(int pin);

    void ring();

private:
    int pin_;
};
