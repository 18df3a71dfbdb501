// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/filter_chips.h"

#include <QLabel>
#include <QPushButton>

#include "model/number_format.h"
#include "views/panels/flow_layout.h"

namespace exitscope {

namespace {

QString scenarioName(Scenario scenario)
{
    const std::string_view text = name(scenario);
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

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
    return {QStringLiteral("range %1 at +%2")
                .arg(formatDuration(selected.length()), formatDuration(selected.from - bounds.from)),
        QStringLiteral("Only [%1, %2) ns of the host's trace clock").arg(selected.from).arg(selected.to),
        [](ViewState &state) { state.select(std::nullopt); }};
}

} // namespace

std::vector<FilterChip> filterChips(const ViewValues &values, TimeRange bounds)
{
    std::vector<FilterChip> chips;
    if (values.selected)
        chips.push_back(rangeChip(*values.selected, bounds));
    for (const QString &vcpu : values.vcpus)
        chips.push_back({QString(QStringLiteral("vCPU ") % vcpu), QStringLiteral("Only these vCPUs"),
            [vcpu](ViewState &state) { state.toggleVcpu(vcpu); }});
    for (const ReasonKey &key : values.reasons) {
        const ExitReason reason = exitReason(key);
        chips.push_back({QString(QStringLiteral("reason ") % reason.name),
            reason.meaning.isEmpty() ? QStringLiteral("Only exits with these reasons") : reason.meaning,
            [key](ViewState &state) { state.toggleReason(key); }});
    }
    for (const Scenario scenario : values.scenarios)
        chips.push_back({QString(QStringLiteral("scenario ") % scenarioName(scenario)),
            QStringLiteral("Only exits of these scenarios"),
            [scenario](ViewState &state) { state.toggleScenario(scenario); }});
    if (values.band)
        chips.push_back({bandText(*values.band), QStringLiteral("Only exits with a duration in this band"),
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
        if (now.selection() != before.selection())
            rebuild();
    });
    rebuild();
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

void FilterChips::rebuild()
{
    const bool hadFocus = isAncestorOf(focusWidget());
    while (QLayoutItem *item = layout()->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // it may be the one that was clicked
        delete item;
    }
    const std::vector<FilterChip> chips = filterChips(m_state.values(), m_state.bounds());
    for (const FilterChip &chip : chips)
        addButton(QString(chip.text % QStringLiteral("  ✕")), QString(QStringLiteral("Remove filter: ") % chip.text),
            QString(chip.meaning % QStringLiteral(". Click to remove.")), [this, chip] { chip.remove(m_state); });
    if (chips.empty()) {
        layout()->addWidget(new QLabel(QStringLiteral("No filter: all numbers are of the whole recording."), this));
    } else {
        addButton(QStringLiteral("Clear all"), QStringLiteral("Clear all filters"),
            QStringLiteral("Drop the selected range and every filter"), [this] { m_state.clearFilters(); });
    }
    if (hadFocus && !chips.empty())
        layout()->itemAt(0)->widget()->setFocus();
    updateGeometry();
}

void FilterChips::addButton(
    const QString &text, const QString &name, const QString &meaning, const std::function<void()> &act)
{
    auto *button = new QPushButton(QString(text).replace(QLatin1Char('&'), QStringLiteral("&&")), this);
    button->setAccessibleName(name);
    button->setToolTip(meaning);
    button->setCursor(Qt::PointingHandCursor);
    connect(button, &QPushButton::clicked, this, act);
    layout()->addWidget(button);
    button->show(); // now, so that it can take the focus
}

} // namespace exitscope
