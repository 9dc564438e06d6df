#include "DoorChime.h"

DoorChime chime(D2);

void setup() {
    chime.ring();
}

void loop() {
}
