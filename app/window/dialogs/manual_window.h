// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "app/manual/manual.h"

class QListWidget;
class QTextBrowser;

namespace exitscope {

// The pages of the manual, and the one that is read. Links lead from page to page.
class ManualWindow : public QDialog {
    Q_OBJECT

public:
    explicit ManualWindow(QWidget *parent = nullptr);
    void show(const ManualPlace &place); // and comes to the front
    QString page() const; // that is read
    QTextBrowser &browser() { return *m_browser; }

private:
    void showPage(const QString &name);
    void scrollTo(const QString &section);
    void follow(const QUrl &link);

    QListWidget *m_pages;
    QTextBrowser *m_browser;
};

// What F1 shows while the pointer is on the widget, or on what lies in it: "definitions#costs".
void setManualPlace(QWidget *widget, const QString &place);
// Of the widget or the nearest around it that has one; none: how the window is used.
ManualPlace manualPlaceOf(const QWidget *widget);

} // namespace exitscope
