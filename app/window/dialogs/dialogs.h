// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace exitscope {

// None of them blocks the window.
void showKeySheet(QWidget *parent);
void showAbout(QWidget *parent);
// `given` is called with a name that is not blank, unless the user thinks better of it.
void askForName(QWidget *parent, const QString &ofWhat, const std::function<void(const QString &)> &given);

} // namespace exitscope
