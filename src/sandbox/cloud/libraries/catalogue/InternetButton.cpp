#include "InternetButton.h"

static const int BUTTONS[] = {D4, D5, D6, D7};

void InternetButton::begin() {
    for (int pin : BUTTONS) {
        pinMode(pin, INPUT_PULLUP);
    }
}

bool InternetButton::buttonOn(int button) const {
    return button >= 1 && button <= 4 && digitalRead(BUTTONS[button - 1]) == LOW;
}

float InternetButton::tilt() {
    tilt_.add(analogRead(A0));
    return tilt_.average();
}
