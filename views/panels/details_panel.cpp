// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/details_panel.h"

#include <QScrollArea>
#include <QVBoxLayout>

#include "model/number_format.h"
#include "model/session/exit_search.h"
#include "model/statistics/known_net.h"
#include "model/statistics/userspace_text.h"
#include "views/chart/failed_entry.h"
#include "views/chart/plain_text.h"
#include "views/panels/exit_target_text.h"
#include "views/panels/guest_clock_text.h"

namespace exitscope {

namespace {

QString scenarioName(Scenario scenario)
{
    const std::string_view text = name(scenario);
    return QString::fromUtf8(text);
}

// `recordWith`: what would tell it, where it is not known.
ExitFact netFact(const ExitParts &parts, const std::optional<QString> &recordWith)
{
    if (!recordWith)
        return {QStringLiteral("Net"), formatDuration(parts.net()),
            QStringLiteral("What handling took: gross without Idle and Preempted")};
    return {QStringLiteral("Net"), notKnownText(),
        QString(QStringLiteral("Not known of a halt without sched_switch, which tells how long the vCPU slept. Record "
                               "it with: ")
            % *recordWith)};
}

std::vector<ExitFact> durationFacts(const ExitParts &parts, const std::optional<QString> &recordNetWith)
{
    return {
        {QStringLiteral("Gross"), formatDuration(parts.gross()),
            QStringLiteral("From the exit until the guest ran again")},
        netFact(parts, recordNetWith),
        {QStringLiteral("Kvm"), formatDuration(parts.kvm), QStringLiteral("In the hypervisor in the kernel")},
        {QStringLiteral("Userspace"), formatDuration(parts.userspace),
            QStringLiteral("In QEMU: the thread was out of KVM_RUN")},
        {QStringLiteral("Preempted"), formatDuration(parts.preempted), QStringLiteral("Wanted a CPU and had none")},
        {QStringLiteral("Idle"), formatDuration(parts.idle), QStringLiteral("Asleep because the guest asked to rest")},
        {QStringLiteral("Blocked"), formatDuration(parts.blocked),
            QStringLiteral("Asleep for another cause: a lock, disk I/O in QEMU")},
        {QStringLiteral("Interrupts"), formatDuration(parts.irq),
            QStringLiteral("Host interrupt work, a part of Kvm and Userspace")},
    };
}

QString runText(const ExitColumns &exits, std::size_t i)
{
    if (exits.failedToEnter(i))
        return QString(QStringLiteral("none: ") % failedEntryText());
    return exits.hasRun(i) ? formatDuration(exits.run(i)) : QStringLiteral("not known");
}

} // namespace

std::vector<ExitFact> exitFacts(const Recording &recording, const ExitRef &exit, TimeRange bounds,
    const ShownGuests *guests, const GuestSymbols *symbols)
{
    const std::optional<FoundExit> found = exitAt(recording, exit);
    if (!found)
        return {};
    const ExitColumns &exits = found->vcpu->exits;
    const std::size_t i = found->index;
    const ExitReason &reason = recording.reasons[exits.reason(i)];
    std::vector<ExitFact> facts{
        {QStringLiteral("vCPU"), found->id(), QStringLiteral("VM and number of the vCPU")},
        {QStringLiteral("Reason"),
            QStringLiteral("%1 (isa %2, code %3)").arg(reason.name).arg(reason.key.isa).arg(reason.key.code),
            QStringLiteral("Why the guest left guest mode")},
        {QStringLiteral("Meaning"), reason.meaning.isEmpty() ? QStringLiteral("not known") : reason.meaning,
            QStringLiteral("What the reason says")},
        {QStringLiteral("Target"), exitTargetText(exits, i),
            QStringLiteral("The port, MSR, page or what else it touched; none: nothing, or it is not known")},
        {QStringLiteral("User space"), userspaceText(exits.userspace(i)),
            QStringLiteral("Why it went to user space; none: it did not")},
        {QStringLiteral("Scenario"), scenarioName(exits.scenario(i)), QStringLiteral("Who took part in handling it")},
        {QStringLiteral("Begins"),
            QStringLiteral("+%1 s (%2 ns)")
                .arg(double(exits.time(i) - bounds.from) / 1e9, 0, 'f', 9)
                .arg(exits.time(i)),
            QStringLiteral("Where its run ends: after the begin of the recording, and on the host's trace clock")},
        {QStringLiteral("Run before"), runText(exits, i),
            QStringLiteral("How long the guest ran undisturbed before it")},
    };
    if (exits.timed(i)) {
        const bool isKnown = netIsKnown(recording, *found, i);
        const auto recordWith = isKnown ? std::nullopt : std::optional(howToRecordSwitches(recording));
        for (ExitFact &fact : durationFacts(exits.parts(i), recordWith))
            facts.push_back(std::move(fact));
    } else {
        facts.push_back({QStringLiteral("Durations"), QStringLiteral("untimed"),
            QStringLiteral("Its end was not seen, or the vCPU was Unknown between: counted, without durations")});
    }
    facts.push_back({QStringLiteral("Guest address"), exitAddressText(exits, i, found->key.vm, symbols),
        QStringLiteral("The guest's instruction pointer, and the function of its kernel that it is in")});
    // Who ran in the guest when it left guest mode.
    const QString thread = guests ? guestThreadAt(*guests, found->key, found->time() - 1) : QString();
    if (!thread.isEmpty())
        facts.push_back({QStringLiteral("Guest thread"), thread, QStringLiteral("What it interrupted in the guest")});
    facts.push_back({QStringLiteral("Physical CPU"),
        exits.pcpu(i) == kNoPcpu ? QStringLiteral("not known") : QString::number(exits.pcpu(i)),
        QStringLiteral("Where it began")});
    return facts;
}

DetailsPanel::DetailsPanel(ViewState &state, QWidget *parent)
    : QWidget(parent), m_state(state), m_hint(new QLabel(this)), m_form(new QFormLayout)
{
    m_hint->setText(QStringLiteral("Point at an exit in the timeline, or go to one with [ and ]."));
    m_hint->setWordWrap(true);
    auto *area = new QScrollArea(this);
    area->setAccessibleName(QStringLiteral("Details of the exit"));
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    auto *content = new QWidget;
    auto *inner = new QVBoxLayout(content);
    inner->setContentsMargins(6, 6, 6, 6);
    inner->addWidget(m_hint);
    inner->addLayout(m_form);
    inner->addStretch(1);
    m_form->setVerticalSpacing(2);
    area->setWidget(content);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(area);
    connect(&m_state, &ViewState::hoveredChanged, this, &DetailsPanel::showExit);
    connect(&m_state, &ViewState::changed, this, [this](const ViewValues &now, const ViewValues &before) {
        if (now.current != before.current)
            showExit();
    });
}

void DetailsPanel::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    showExit();
}

void DetailsPanel::setSymbols(std::shared_ptr<const GuestSymbols> symbols)
{
    m_symbols = std::move(symbols);
    showExit();
}

void DetailsPanel::setGuests(std::shared_ptr<const ShownGuests> guests)
{
    m_guests = std::move(guests);
    showExit();
}

// Labels are kept from exit to exit: the pointer passes over many.
QLabel *DetailsPanel::valueLabel(std::size_t row)
{
    while (m_rows.size() <= row) {
        auto *name = new QLabel(this);
        auto *value = new QLabel(this);
        name->setTextFormat(Qt::PlainText);
        value->setTextFormat(Qt::PlainText);
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_form->addRow(name, value);
        m_rows.emplace_back(name, value);
    }
    return m_rows[row].second;
}

void DetailsPanel::showExit()
{
    const std::optional<ExitRef> &exit = m_state.hovered() ? m_state.hovered() : m_state.values().current;
    const std::vector<ExitFact> facts = m_recording && exit
        ? exitFacts(*m_recording, *exit, m_state.bounds(), m_guests.get(), m_symbols.get())
        : std::vector<ExitFact>{};
    m_hint->setVisible(facts.empty());
    for (std::size_t i = 0; i < facts.size(); ++i) {
        QLabel *value = valueLabel(i);
        value->setText(facts[i].value);
        m_rows[i].first->setText(facts[i].name);
        value->setToolTip(plainTip(facts[i].meaning));
        m_rows[i].first->setToolTip(plainTip(facts[i].meaning));
    }
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rows[i].first->setVisible(i < facts.size());
        m_rows[i].second->setVisible(i < facts.size());
    }
}

} // namespace exitscope
