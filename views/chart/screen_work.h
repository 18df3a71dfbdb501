// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>

namespace exitscope {

// A piece of work for the screen that waits in line with all others, of which each turn of the event loop does one:
// keys and the pointer never wait for all that follows from new numbers. However often it is asked for meanwhile it is
// done once, with what is newest then. For the GUI thread only.
class ScreenWork {
public:
    enum class Place : std::uint8_t {
        Front, // what the user looks at while he moves it; takes turns with the others, so that none waits for ever
        Line
    };

    explicit ScreenWork(std::function<void()> work, Place place = Place::Line);
    ~ScreenWork();
    ScreenWork(const ScreenWork &) = delete;
    ScreenWork &operator=(const ScreenWork &) = delete;

    void ask();
    void forget(); // it was done otherwise
    bool isAsked() const { return m_isAsked; }

    static bool isAllDone(); // nothing waits, of any window

private:
    friend class ScreenLine;

    std::function<void()> m_work;
    Place m_place;
    bool m_isAsked = false;
};

} // namespace exitscope
