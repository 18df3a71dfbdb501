// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>
#include <vector>

#include "model/session/view_state.h"
#include "views/chart/theme.h"

namespace exitscope {

// What a filter is called, and how to drop it.
struct FilterChip {
    QString text; // "reason cpuid"
    QString meaning; // tooltip
    std::function<void(ViewState &)> remove;
};
// One for every active filter, the range first. Times are told from the begin of the bounds.
std::vector<FilterChip> filterChips(const ViewValues &values, TimeRange bounds);

// Every active filter as a button that removes it, and one that removes them all.
class FilterChips : public QWidget {
    Q_OBJECT

public:
    explicit FilterChips(ViewState &state, QWidget *parent = nullptr);
    void setTheme(const Theme &theme);

private:
    void rebuild();
    void addButton(const QString &text, const QString &name, const QString &meaning, const std::function<void()> &act);

    ViewState &m_state;
    QString m_style;
};

} // namespace exitscope
