// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace exitscope {

// The list of all keys and gestures, made from the command table.
class KeySheet : public QDialog {
    Q_OBJECT

public:
    explicit KeySheet(QWidget *parent = nullptr);
    static QString html();
};

} // namespace exitscope
