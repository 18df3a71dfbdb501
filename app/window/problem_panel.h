// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QStringList>

#include "model/diagnostic.h"

namespace exitscope {

// Says inline why something could not be opened or written: path, first cause, what can be done; with Retry.
class ProblemPanel : public QFrame {
    Q_OBJECT

public:
    explicit ProblemPanel(QWidget *parent = nullptr);

    // `paths` were asked for and nothing of them can be shown.
    void showLoadFailure(const QStringList &paths, const Diagnostics &diagnostics);
    // Something else went wrong; there is nothing to retry.
    void showError(const QString &line);

    QString text() const; // all that it says
    QPushButton *retryButton() { return m_retry; }

Q_SIGNALS:
    void retryWanted();
    void openWanted();

private:
    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_text;
    QPushButton *m_retry;
    QPushButton *m_open;
    QPushButton *m_close;
};

} // namespace exitscope
