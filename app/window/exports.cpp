// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/exports.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>

#include "app/window/export_dialog.h"

namespace exitscope {

Exports::Exports(Workspace &workspace, Settings &settings, QWidget &window)
    : QObject(&window), m_workspace(workspace), m_settings(settings), m_window(window)
{
    connect(&workspace.numbers(), &LiveNumbers::ready, this, &Exports::followNumbers);
    connect(&workspace.state(), &ViewState::changed, this, &Exports::followNumbers);
}

ExportDialog *Exports::dialog() const
{
    return m_dialog;
}

// A picture must not show a selection with the numbers of another.
bool Exports::numbersAreCurrent() const
{
    const auto &numbers = m_workspace.numbers().current();
    return numbers && numbers->recording == m_workspace.recording()
        && numbers->selection == m_workspace.state().values().selection();
}

void Exports::followNumbers()
{
    if (m_dialog)
        m_dialog->setReady(numbersAreCurrent());
    if (m_copies && numbersAreCurrent())
        copyNow();
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
            Q_EMIT done(QStringLiteral("Wrote %1").arg(path));
        });
        m_dialog->setReady(numbersAreCurrent());
    }
    m_dialog->show();
    m_dialog->raise();
    m_dialog->activateWindow();
}

void Exports::copyImage()
{
    if (!m_workspace.recording())
        return;
    m_copies = true;
    followNumbers();
}

void Exports::copyNow()
{
    m_copies = false;
    PictureOptions options = m_workspace.pictureOptions(m_workspace.activeChart());
    options.scale = m_window.devicePixelRatioF();
    QGuiApplication::clipboard()->setImage(chartImage(m_workspace.chartInput(), options));
    Q_EMIT done(QStringLiteral("Copied the picture to the clipboard"));
}

} // namespace exitscope
