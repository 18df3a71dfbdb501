// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/guest_clock_control.h"

#include "app/common/guest_maps.h"
#include "app/window/dialogs/clock_dialog.h"
#include "model/diagnostic_codes.h"
#include "views/chart/plain_text.h"
#include "views/panels/diagnostics_panel.h"
#include "views/panels/guest_clock_text.h"

namespace exitscope {

GuestClockControl::GuestClockControl(
    Workspace &workspace, const QString &storeDirectory, GivenMaps given, QWidget &window)
    : QObject(&window), m_workspace(workspace), m_store(storeDirectory), m_given(std::move(given)), m_window(window),
      m_badge(new QPushButton(&window))
{
    m_badge->setFlat(true);
    m_badge->hide();
    connect(m_badge, &QPushButton::clicked, this, &GuestClockControl::openDialog);
    connect(&m_workspace.clocks(), &GuestClocks::changed, this, &GuestClockControl::showBadge);
}

GuestClockControl::MapsOfUser GuestClockControl::mapsFor(const Recording &recording)
{
    MapsOfUser maps;
    QString error;
    if (!m_store.open(recording, error))
        Q_EMIT failed(error);
    maps.options.userMaps = m_store.maps(recording);
    for (const auto &given : m_given) {
        if (const auto map = userMaps({given}, recording, error)) {
            m_used.insert(given.first);
            for (const auto &[guest, line] : map->userMaps)
                maps.options.userMaps.insert_or_assign(guest, line);
        } else if (!m_used.contains(given.first)) { // else it was for a recording that was opened earlier
            maps.diagnostics.push_back(makeDiagnostic(Code::GuestMapUnused, error, given.first));
        }
    }
    return maps;
}

ClockDialog *GuestClockControl::dialog() const
{
    return m_dialog;
}

void GuestClockControl::showBadge()
{
    const auto &guests = m_workspace.clocks().current();
    const QString summary = guests ? clockSummary(*guests) : QString();
    m_badge->setVisible(!summary.isEmpty());
    m_badge->setText(summary);
    if (summary.isEmpty())
        return;
    QStringList told{tr("How sure the guests' clocks were put on the host's; click for more")};
    for (const ShownGuest &guest : guests->guests) {
        told << QString() << guest.trace->path;
        for (const ClockFact &fact : clockFacts(guest, *guests->recording))
            told << QString(fact.name % QStringLiteral(": ") % fact.text);
    }
    m_badge->setToolTip(plainTip(told.join(QLatin1Char('\n'))));
    m_badge->setIcon(anyUnaligned(*guests) ? severityIcon(Severity::Warning) : QIcon());
}

void GuestClockControl::openDialog()
{
    if (!m_workspace.recording())
        return;
    if (!m_dialog) {
        m_dialog = new ClockDialog(m_workspace.state(), m_workspace.clocks(), &m_window);
        m_dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(m_dialog, &ClockDialog::accepted, this, &GuestClockControl::accept);
        connect(m_dialog, &ClockDialog::forgotten, this, &GuestClockControl::forget);
    }
    m_dialog->show();
    m_dialog->raise();
    m_dialog->activateWindow();
}

void GuestClockControl::accept(std::size_t guest, const ClockMap &map)
{
    QString error;
    if (!m_store.set(*m_workspace.recording(), guest, map, error))
        return m_dialog->say(error);
    m_workspace.clocks().setUserMap(guest, map);
    m_workspace.state().setClock(m_workspace.recording()->guests[guest].path, ClockChoice{MapSource::User, 0});
    m_dialog->say({});
}

void GuestClockControl::forget(std::size_t guest)
{
    QString error;
    if (!m_store.remove(*m_workspace.recording(), guest, error))
        return m_dialog->say(error);
    m_workspace.clocks().setUserMap(guest, {});
    m_workspace.state().setClock(m_workspace.recording()->guests[guest].path, std::nullopt);
    m_dialog->say({});
}

} // namespace exitscope
