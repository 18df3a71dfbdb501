// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/exports.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>

#include "app/window/export/export_dialog.h"
#include "model/visible_text.h"
#include "views/causes/account_rows.h"
#include "views/causes/causes_table.h"
#include "views/events/events_view.h"
#include "views/flame/flame_view.h"
#include "views/tables/number_table.h"
#include "views/timeline/timeline_view.h"

namespace exitscope {

Exports::Exports(Workspace &workspace, Settings &settings, QWidget &window)
    : QObject(&window), m_workspace(workspace), m_settings(settings), m_window(window)
{
    connect(&workspace.numbers(), &LiveNumbers::ready, this, &Exports::follow);
    connect(&workspace.numbers(), &LiveNumbers::exitsReady, this, &Exports::follow);
    connect(&workspace.state(), &ViewState::changed, this, &Exports::follow);
    connect(&workspace.clocks(), &GuestClocks::changed, this, &Exports::follow);
    connect(&workspace.timeline(), &TimelineView::optionsChanged, this, &Exports::follow);
    connect(&workspace, &Workspace::themeChanged, this, &Exports::follow);
    connect(&m_tables, &TableSaver::saved, this,
        [this](const QString &file) { Q_EMIT done(QStringLiteral("Wrote %1").arg(visibleText(file))); });
    connect(&m_tables, &TableSaver::failed, this, &Exports::failed);
}

void Exports::setRecordingName(const QString &name)
{
    m_recordingName = name;
    if (m_dialog)
        m_dialog->setRecordingName(name);
}

ExportDialog *Exports::dialog() const
{
    return m_dialog;
}

bool Exports::isReady() const
{
    const auto &recording = m_workspace.recording();
    const Selection selection = m_workspace.state().values().selection();
    const auto &numbers = m_workspace.numbers().current();
    const ExitIndexCache *exits = m_workspace.numbers().exitsOf(recording.get());
    const bool hasClocks
        = recording->guests.empty() || (m_workspace.clocks().current() && !m_workspace.clocks().isBusy());
    const bool hasGuests = !hasClocks || recording->guests.empty() || !m_workspace.guests().isBusy()
        || alignmentsOf(*m_workspace.clocks().current()).empty();
    return numbers && numbers->recording == recording && numbers->selection == selection && exits
        && exits->isOf(recording.get(), selection) && hasClocks && hasGuests;
}

void Exports::follow()
{
    if (!m_workspace.recording())
        return;
    if (m_dialog)
        m_dialog->setReady(isReady());
    if (isReady())
        for (const std::function<void()> &act : std::exchange(m_waiting, {}))
            act();
}

void Exports::whenReady(std::function<void()> act)
{
    if (!m_workspace.recording())
        return;
    m_waiting.push_back(std::move(act));
    follow();
}

void Exports::openDialog()
{
    if (!m_workspace.recording())
        return;
    if (!m_dialog) {
        const PictureSource source{[this] { return m_workspace.chartInput(); },
            [this](ChartKind chart) { return m_workspace.pictureOptions(chart); }, m_recordingName};
        m_dialog = new ExportDialog(source, m_workspace.activeChart(), m_settings.exportDirectory(), &m_window);
        m_dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(m_dialog, &ExportDialog::written, this, [this](const QString &path) {
            m_settings.setExportDirectory(QFileInfo(path).absolutePath());
            Q_EMIT done(QStringLiteral("Wrote %1").arg(visibleText(path)));
        });
        m_dialog->setReady(isReady());
    }
    m_dialog->show();
    m_dialog->raise();
    m_dialog->activateWindow();
}

void Exports::saveTable(const QString &file)
{
    if (!m_workspace.recording())
        return;
    if (const TableSaver::Csv csv = activeCsv())
        m_tables.save(file, csv);
    else
        m_tables.save(
            {m_workspace.recording(), m_workspace.state().values().selection(), m_workspace.table().shownOrder(), file},
            m_workspace.numbers().current());
}

void Exports::copyTable()
{
    if (!m_workspace.recording())
        return;
    if (const TableSaver::Csv csv = activeCsv())
        return m_tables.make(
            csv, [](const QString &made) { QGuiApplication::clipboard()->setText(made); }, QStringLiteral("clipboard"));
    whenReady([this] { QGuiApplication::clipboard()->setText(toCsv(m_workspace.table().shownModel())); });
}

// Of a table that is made anew for files; nothing where statistics are meant.
TableSaver::Csv Exports::activeCsv() const
{
    if (const NumberTable *numbers = m_workspace.activeNumbers())
        return numbers->csv();
    if (m_workspace.isFlameActive())
        return m_workspace.flame().folded();
    if (m_workspace.isEventsActive())
        return m_workspace.events().csv();
    if (!m_workspace.isCausesActive())
        return {};
    return [of = m_workspace.causes().accountsOf()](CancelFlag cancel) { return accountsCsv(of, cancel); };
}

void Exports::copyImage()
{
    whenReady([this] { copyNow(); });
}

void Exports::copyNow()
{
    PictureOptions options = m_workspace.pictureOptions(m_workspace.activeChart());
    options.scale = m_window.devicePixelRatioF();
    QGuiApplication::clipboard()->setImage(chartImage(m_workspace.chartInput(), options));
    Q_EMIT done(QStringLiteral("Copied the picture to the clipboard"));
}

} // namespace exitscope
