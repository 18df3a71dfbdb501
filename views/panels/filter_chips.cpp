// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/filter_chips.h"

#include <QLabel>
#include <QPushButton>
#include <QStringList>

#include <algorithm>
#include <iterator>
#include <ranges>

#include "model/number_format.h"
#include "model/session/filter_sets.h"
#include "views/chart/plain_text.h"
#include "views/panels/flow_layout.h"

namespace exitscope {

namespace {

constexpr std::size_t kMostOfSet = 12; // of more values no one would read the chips
constexpr std::size_t kMostTold = 8; // of those in a tooltip

QString bandText(const DurationBand &band)
{
    const QString of = band.of == DurationKind::Run ? QStringLiteral("run")
        : band.of == DurationKind::Net              ? QStringLiteral("net")
                                                    : QStringLiteral("gross");
    if (band.minNs && band.maxNs)
        return QStringLiteral("%1 %2 – %3").arg(of, formatDuration(*band.minNs), formatDuration(*band.maxNs));
    if (band.minNs)
        return QStringLiteral("%1 from %2").arg(of, formatDuration(*band.minNs));
    return QStringLiteral("%1 below %2").arg(of, formatDuration(band.maxNs));
}

FilterChip rangeChip(TimeRange selected, TimeRange bounds)
{
    return {QStringLiteral("range"),
        QStringLiteral("range %1 at +%2")
            .arg(formatDuration(selected.length()), formatDuration(selected.from - bounds.from)),
        QStringLiteral("Only [%1, %2) ns of the host's trace clock").arg(selected.from).arg(selected.to),
        [](ViewState &state) { state.select(std::nullopt); }};
}

FilterChip valueChip(const FilterValue &value)
{
    return {value.of, value.text, value.meaning,
        [drop = value.drop](ViewState &state) {
            ExitFilters filters = state.values();
            drop(filters);
            state.setFilters(std::move(filters));
        }};
}

// All values of the set as one.
FilterChip foldedChip(const FilterSetRow &set, const std::vector<FilterValue> &values)
{
    QStringList told;
    for (const FilterValue &value : values | std::views::take(kMostTold))
        told << value.text;
    const QString many = QString::fromUtf8(set.ofMany);
    return {many, QString(formatCount(std::int64_t(values.size())) % QLatin1Char(' ') % many),
        QStringLiteral("Only these: %1, and %2 others")
            .arg(told.join(QStringLiteral(", ")), formatCount(std::int64_t(values.size() - kMostTold))),
        [clear = set.clear](ViewState &state) {
            ExitFilters filters = state.values();
            clear(filters);
            state.setFilters(std::move(filters));
        }};
}

void tell(QPushButton &button, const FilterChip &chip)
{
    const QString text = chip.text % QStringLiteral("  ✕");
    button.setText(QString(text).replace(QLatin1Char('&'), QStringLiteral("&&")));
    button.setAccessibleName(QString(QStringLiteral("Remove filter: ") % chip.text));
    button.setToolTip(plainTip(chip.meaning % QStringLiteral(". Click to remove.")));
}

} // namespace

std::vector<FilterChip> filterChips(const ViewValues &values, TimeRange bounds, const Recording &recording)
{
    std::vector<FilterChip> chips;
    if (values.selected)
        chips.push_back(rangeChip(*values.selected, bounds));
    const KeyContext context(recording);
    for (const FilterSetRow &set : filterSets()) {
        const std::vector<FilterValue> told = set.values(context, values);
        if (told.size() > kMostOfSet)
            chips.push_back(foldedChip(set, told));
        else
            std::ranges::transform(told, std::back_inserter(chips), valueChip);
    }
    if (values.band)
        chips.push_back(
            {QStringLiteral("band"), bandText(*values.band), QStringLiteral("Only exits with a duration in this band"),
                [](ViewState &state) { state.setBand(std::nullopt); }});
    return chips;
}

FilterChips::FilterChips(ViewState &state, QWidget *parent) : QWidget(parent), m_state(state)
{
    setAccessibleName(QStringLiteral("Active filters"));
    auto *layout = new FlowLayout(this);
    layout->setContentsMargins(6, 2, 6, 2);
    layout->setSpacing(6);
    // Only what the chips tell makes new ones: a button must survive the drags of the visible range.
    connect(&m_state, &ViewState::changed, this, [this](const ViewValues &now, const ViewValues &before) {
        if (!now.selectsAs(before))
            refresh();
    });
    rebuild({});
}

void FilterChips::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    refresh();
}

void FilterChips::setTheme(const Theme &theme)
{
    m_style = QStringLiteral("QPushButton { border: 1px solid %1; border-radius: 9px; padding: 2px 9px; color: %2;"
                             " background: %3; }"
                             "QPushButton:hover, QPushButton:focus { border: 2px solid %1; padding: 1px 8px; }"
                             "QLabel { color: %4; padding: 3px 0px; }")
                  .arg(theme.accent().name(), theme.text().name(), theme.base().name(), theme.mutedText().name());
    setStyleSheet(m_style);
}

void FilterChips::refresh()
{
    const std::vector<FilterChip> chips
        = m_recording ? filterChips(m_state.values(), m_state.bounds(), *m_recording) : std::vector<FilterChip>();
    const bool same
        = std::ranges::equal(chips, m_shown, {}, &FilterChip::of, &std::pair<QString, QPushButton *>::first);
    if (!same)
        return rebuild(chips);
    for (std::size_t i = 0; i < chips.size(); ++i)
        tell(*m_shown[i].second, chips[i]);
}

void FilterChips::rebuild(const std::vector<FilterChip> &chips)
{
    const bool hadFocus = isAncestorOf(focusWidget());
    while (QLayoutItem *item = layout()->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // it may be the one that was clicked
        delete item;
    }
    m_shown.clear();
    for (const FilterChip &chip : chips) {
        QPushButton *button = addButton([this, remove = chip.remove] { remove(m_state); });
        tell(*button, chip);
        m_shown.emplace_back(chip.of, button);
    }
    if (chips.empty()) {
        layout()->addWidget(new QLabel(QStringLiteral("No filter: all numbers are of the whole recording."), this));
    } else {
        QPushButton *all = addButton([this] { m_state.clearFilters(); });
        all->setText(QStringLiteral("Clear all"));
        all->setAccessibleName(QStringLiteral("Clear all filters"));
        all->setToolTip(QStringLiteral("Drop the selected range and every filter"));
    }
    if (hadFocus && !chips.empty())
        layout()->itemAt(0)->widget()->setFocus();
    updateGeometry();
}

QPushButton *FilterChips::addButton(const std::function<void()> &act)
{
    auto *button = new QPushButton(this);
    button->setCursor(Qt::PointingHandCursor);
    connect(button, &QPushButton::clicked, this, act);
    layout()->addWidget(button);
    button->show(); // now, so that it can take the focus
    return button;
}

} // namespace exitscope
