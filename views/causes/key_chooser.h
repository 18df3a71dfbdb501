// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

#include "model/causes/account_key.h"

class QMenu;
class QToolButton;

namespace exitscope {

// The keys that exits are grouped by, one button each: "By Reason › Address +", with the usual lists in a menu.
class KeyChooser : public QWidget {
    Q_OBJECT

public:
    explicit KeyChooser(QWidget *parent = nullptr);

    const std::vector<AccountKey> &keys() const { return m_keys; }
    void setKeys(std::vector<AccountKey> keys); // at least one, none twice; does not tell of it
    // Whether keys of what guests did are offered.
    void setGuestsKnown(bool areKnown);
    const std::vector<QToolButton *> &buttons() const { return m_buttons; } // of the keys
    QToolButton *addButton() const { return m_add; } // null where no key is left
    QToolButton *presetsButton() const { return m_presets; }

    static std::vector<AccountKey> firstKeys();

Q_SIGNALS:
    void chosen(); // keys() is what the user wants

private:
    QToolButton *newButton(const QString &text, const QString &name, const QString &tip);
    void rebuild();
    std::vector<AccountKey> offered() const;
    void fillKeyMenu(QMenu &menu, std::size_t level);
    void fillAddMenu(QMenu &menu);
    void fillPresets(QMenu &menu);
    void choose(std::vector<AccountKey> keys);

    std::vector<AccountKey> m_keys;
    bool m_areGuestsKnown = false;
    std::vector<QToolButton *> m_buttons;
    QToolButton *m_add = nullptr;
    QToolButton *m_presets = nullptr;
};

// "reason,address"
QString keysText(const std::vector<AccountKey> &keys);

} // namespace exitscope
