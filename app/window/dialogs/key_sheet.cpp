// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/dialogs/key_sheet.h"

#include <QDialogButtonBox>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "app/window/command_table.h"

namespace exitscope {

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view).toHtmlEscaped();
}

QString row(const QString &keys, const QString &what)
{
    return QStringLiteral("<tr><td style=\"white-space: nowrap\"><b>%1</b></td><td>%2</td></tr>").arg(keys, what);
}

} // namespace

QString KeySheet::html()
{
    QString rows;
    for (const CommandInfo &command : commandTable()) {
        const QString keys = keysText(command).toHtmlEscaped();
        if (!keys.isEmpty())
            rows += row(
                keys, QString(commandText(command).toHtmlEscaped() % QStringLiteral(": ") % text(command.meaning)));
    }
    for (const GestureInfo &gesture : gestureTable())
        rows += row(text(gesture.gesture), text(gesture.meaning));
    return QStringLiteral("<table cellpadding=\"3\">%1</table>").arg(rows);
}

KeySheet::KeySheet(QWidget *parent) : QDialog(parent)
{
    setWindowTitle(QStringLiteral("Keys"));
    auto *browser = new QTextBrowser(this);
    browser->setAccessibleName(QStringLiteral("Keys"));
    browser->setHtml(html());
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(browser);
    layout->addWidget(buttons);
    resize(680, 640);
}

} // namespace exitscope
