// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>

#include "model/session/view_state.h"

namespace exitscope {

// Wheel steps and key repeats of one kind that follow each other quickly are one gesture, so one step of the history.
class GestureRun {
public:
    static constexpr int kPauseMs = 300;

    GestureId next(ViewState &state, int kind)
    {
        if (!m_last.isValid() || m_last.elapsed() > kPauseMs || kind != m_kind)
            m_gesture = state.newGesture();
        m_kind = kind;
        m_last.start();
        return m_gesture;
    }
    void end() { m_last.invalidate(); }

private:
    QElapsedTimer m_last;
    int m_kind = 0;
    GestureId m_gesture = kNoGesture;
};

} // namespace exitscope
