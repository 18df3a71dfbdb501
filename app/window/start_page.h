// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QVBoxLayout>
#include <QWidget>

namespace exitscope {

// What the window shows before something is open: how to open, and what was opened last.
class StartPage : public QWidget {
    Q_OBJECT

public:
    explicit StartPage(QWidget *parent = nullptr);
    void setRecent(const QList<QStringList> &recent);

Q_SIGNALS:
    void openWanted();
    void pathsChosen(const QStringList &paths);

private:
    QVBoxLayout *m_recent;
};

} // namespace exitscope
