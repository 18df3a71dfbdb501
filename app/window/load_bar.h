// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QWidget>

#include "app/window/load_controller.h"

namespace exitscope {

// How far the loading is, and a button that ends it; there while something loads.
class LoadBar : public QWidget {
    Q_OBJECT

public:
    explicit LoadBar(LoadController &controller, QWidget *parent = nullptr);
    QPushButton *cancelButton() { return m_cancel; }
    QProgressBar *progressBar() { return m_bar; }

private:
    void begin(const QStringList &paths);
    void showProgress(const LoadProgress &progress);

    QLabel *m_text;
    QProgressBar *m_bar;
    QPushButton *m_cancel;
};

} // namespace exitscope
