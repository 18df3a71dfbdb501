// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include <array>
#include <cmath>
#include <vector>

#include "model/timeline/columns.h"

namespace exitscope {

// Stacks the states of one pixel column upon the others and joins what goes on equally in the next column. `Rect` has a
// `rect` and a `state` of `count`.
template <typename Rect, int count>
class ColumnStack {
public:
    ColumnStack(std::vector<Rect> &out, const QRectF &band, double left) : m_out(out), m_band(band), m_left(left) { }

    // Columns [first, last) have these ns per state, of `whole`.
    void add(int first, int last, const std::array<Ns, std::size_t(count)> &times, Ns whole)
    {
        Ns sum = 0;
        double bottom = m_band.bottom();
        for (std::size_t s = 0; s < times.size(); ++s) {
            if (times[s] == 0)
                continue;
            sum += times[s];
            // The borders are rounded, not the heights, so that a column is always
            // filled.
            const double top
                = m_band.bottom() - std::round(m_band.height() * double(sum) / double(std::max<Ns>(whole, 1)));
            place(s, first, last, top, bottom);
            bottom = top;
        }
    }
    void finish()
    {
        for (std::size_t s = 0; s < m_open.size(); ++s)
            flush(s);
    }

private:
    void place(std::size_t state, int first, int last, double top, double bottom)
    {
        Open &open = m_open[state];
        if (open.last == first && open.top == top && open.bottom == bottom) {
            open.last = last;
            return;
        }
        flush(state);
        open = {first, last, top, bottom};
    }
    void flush(std::size_t state)
    {
        Open &open = m_open[state];
        if (open.last > open.first && open.bottom > open.top) {
            const QRectF rect(m_left + open.first, open.top, open.last - open.first, open.bottom - open.top);
            m_out.push_back({rect, static_cast<decltype(Rect::state)>(state)});
        }
        open = {};
    }

    struct Open {
        int first = -1, last = -1;
        double top = 0, bottom = 0;
    };
    std::vector<Rect> &m_out;
    QRectF m_band;
    double m_left;
    std::array<Open, std::size_t(count)> m_open{};
};

} // namespace exitscope
