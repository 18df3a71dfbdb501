// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>
#include <memory>
#include <vector>

#include "model/recording.h"
#include "model/session/view_state.h"
#include "views/chart/theme.h"

class QPushButton;

namespace exitscope {

// What a filter is called, and how to drop it.
struct FilterChip {
    QString of; // what it drops: it stays while only its text changes
    QString text; // "reason cpuid"
    QString meaning; // tooltip
    std::function<void(ViewState &)> remove;
};
// One for every active filter, the range first; one for all values of a set that has too many to be read. Times are
// told from the begin of the bounds.
std::vector<FilterChip> filterChips(const ViewValues &values, TimeRange bounds, const Recording &recording);

// Every active filter as a button that removes it, and one that removes them all.
class FilterChips : public QWidget {
    Q_OBJECT

public:
    explicit FilterChips(ViewState &state, QWidget *parent = nullptr);
    void setRecording(std::shared_ptr<const Recording> recording);
    void setTheme(const Theme &theme);

private:
    void refresh();
    void rebuild(const std::vector<FilterChip> &chips);
    QPushButton *addButton(const std::function<void()> &act);

    ViewState &m_state;
    std::shared_ptr<const Recording> m_recording; // null: none was opened yet
    std::vector<std::pair<QString, QPushButton *>> m_shown; // FilterChip::of and its button
    QString m_style;
};

} // namespace exitscope
