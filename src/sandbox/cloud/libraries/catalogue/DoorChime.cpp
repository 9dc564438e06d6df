#include "DoorChime.h"

DoorChime::DoorChime(int pin) : pin_(pin) {}

void DoorChime::ring() {
    tone(pin_, 659, 400);
    delay(450);
    tone(pin_, 523, 600);
}
