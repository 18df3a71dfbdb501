// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/dialogs/dialogs.h"

#include <QCoreApplication>
#include <QInputDialog>
#include <QMessageBox>

#include "app/window/dialogs/key_sheet.h"

namespace exitscope {

namespace {

constexpr int kIconSize = 64;

} // namespace

void showKeySheet(QWidget *parent)
{
    auto *sheet = new KeySheet(parent);
    sheet->setAttribute(Qt::WA_DeleteOnClose);
    sheet->show();
}

void showAbout(QWidget *parent)
{
    auto *box = new QMessageBox(parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(QStringLiteral("About ExitScope"));
    box->setIconPixmap(parent->windowIcon().pixmap(kIconSize, kIconSize));
    box->setText(QStringLiteral("<h3>ExitScope %1</h3>").arg(QCoreApplication::applicationVersion()));
    box->setInformativeText(QStringLiteral(
        "<p>Shows where virtualization costs time, from kernel traces of a KVM host and of its guests.</p>"
        "<p>Free software under the GNU General Public License, version 3 or later. It comes with no warranty.</p>"
        "<p>Built with Qt %1, Qt Charts, QCustomPlot and libbabeltrace2.</p>")
                                .arg(QString::fromLatin1(qVersion())));
    box->open();
}

void askForName(QWidget *parent, const QString &ofWhat, const std::function<void(const QString &)> &given)
{
    auto *dialog = new QInputDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(QStringLiteral("Add bookmark"));
    dialog->setLabelText(QStringLiteral("Name for %1:").arg(ofWhat));
    QObject::connect(dialog, &QInputDialog::textValueSelected, parent, [given](const QString &text) {
        if (const QString name = text.trimmed(); !name.isEmpty())
            given(name);
    });
    dialog->open();
}

} // namespace exitscope
