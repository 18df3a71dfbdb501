// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/causes/key_chooser.h"

#include <QLabel>
#include <QMenu>
#include <QToolButton>

#include <algorithm>
#include <array>

#include "views/panels/flow_layout.h"

namespace exitscope {

namespace {

// Lists that answer a question, as the command line takes them; those of the first one are there at first.
constexpr std::array kPresets{"reason,address", "reason,target,symbol", "target,address", "scenario,reason,address",
    "vcpu,reason", "vm,vcpu,reason", "address,reason", "pcpu,vcpu,reason"};
// Where it is known what guests did.
constexpr std::array kGuestPresets{"process,thread,context,reason", "thread,reason", "syscall,reason", "reason,thread"};

QString titleOf(AccountKey key)
{
    return QString::fromLatin1(info(key).title);
}

QString titlesOf(const std::vector<AccountKey> &keys)
{
    QStringList titles;
    for (const AccountKey key : keys)
        titles << titleOf(key);
    return titles.join(QStringLiteral(" › "));
}

std::vector<AccountKey> presetKeys(const char *text)
{
    QString error;
    return parseAccountKeys(QString::fromLatin1(text), error).value_or(std::vector<AccountKey>());
}

} // namespace

QString keysText(const std::vector<AccountKey> &keys)
{
    QStringList names;
    for (const AccountKey key : keys)
        names << QString::fromLatin1(info(key).name);
    return names.join(QLatin1Char(','));
}

KeyChooser::KeyChooser(QWidget *parent) : QWidget(parent), m_keys(firstKeys())
{
    auto *layout = new FlowLayout(this);
    layout->setContentsMargins(6, 2, 6, 2);
    layout->setSpacing(4);
    rebuild();
}

std::vector<AccountKey> KeyChooser::firstKeys()
{
    return presetKeys(kPresets.front());
}

void KeyChooser::setKeys(std::vector<AccountKey> keys)
{
    if (keys == m_keys)
        return;
    m_keys = std::move(keys);
    rebuild();
}

void KeyChooser::setGuestsKnown(bool areKnown)
{
    if (areKnown == m_areGuestsKnown)
        return;
    m_areGuestsKnown = areKnown;
    rebuild();
}

void KeyChooser::choose(std::vector<AccountKey> keys)
{
    setKeys(std::move(keys));
    Q_EMIT chosen();
}

QToolButton *KeyChooser::newButton(const QString &text, const QString &name, const QString &tip)
{
    auto *button = new QToolButton(this);
    button->setText(text);
    button->setAccessibleName(name);
    button->setToolTip(tip);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(new QMenu(button));
    layout()->addWidget(button);
    button->show(); // now, so that it can take the focus
    return button;
}

void KeyChooser::rebuild()
{
    const bool hadFocus = isAncestorOf(focusWidget());
    while (QLayoutItem *item = layout()->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // its menu may be the one that was used
        delete item;
    }
    m_buttons.clear();
    m_add = nullptr;
    const auto addLabel = [this](const QString &text) {
        auto *label = new QLabel(text, this);
        label->setMinimumHeight(QToolButton().sizeHint().height()); // beside the buttons' text
        layout()->addWidget(label);
        label->show();
    };
    addLabel(tr("By"));
    for (std::size_t level = 0; level < m_keys.size(); ++level) {
        if (level > 0)
            addLabel(QStringLiteral("›"));
        m_buttons.push_back(newButton(titleOf(m_keys[level]),
            tr("Level %1: %2").arg(level + 1).arg(titleOf(m_keys[level])), tr("Group by something else here")));
        fillKeyMenu(*m_buttons.back()->menu(), level);
    }
    const auto isChosen = [this](AccountKey key) { return std::ranges::find(m_keys, key) != m_keys.end(); };
    if (!std::ranges::all_of(offered(), isChosen)) {
        m_add = newButton(QStringLiteral("+"), tr("Add a level"), tr("Split each row by one thing more"));
        fillAddMenu(*m_add->menu());
    }
    m_presets = newButton(tr("Usual"), tr("Usual ways to group"), tr("Usual ways to group"));
    fillPresets(*m_presets->menu());
    if (hadFocus)
        m_buttons.front()->setFocus();
    updateGeometry();
}

// Those of guests too where one is chosen: it can be seen what it is among.
std::vector<AccountKey> KeyChooser::offered() const
{
    const bool areGuests
        = m_areGuestsKnown || std::ranges::any_of(m_keys, [](AccountKey key) { return info(key).isOfGuest; });
    std::vector<AccountKey> keys;
    for (const AccountKeyRow &row : accountKeyRows())
        if (areGuests || !row.isOfGuest)
            keys.push_back(row.key);
    return keys;
}

// A key that another level has changes places with this one.
void KeyChooser::fillKeyMenu(QMenu &menu, std::size_t level)
{
    for (const AccountKey of : offered()) {
        QAction *action = menu.addAction(titleOf(of), this, [this, level, key = of] {
            std::vector<AccountKey> keys = m_keys;
            if (const auto other = std::ranges::find(keys, key); other != keys.end())
                *other = keys[level];
            keys[level] = key;
            choose(std::move(keys));
        });
        action->setCheckable(true);
        action->setChecked(of == m_keys[level]);
    }
    menu.addSeparator();
    QAction *remove = menu.addAction(tr("Remove this level"), this, [this, level] {
        std::vector<AccountKey> keys = m_keys;
        keys.erase(keys.begin() + std::ptrdiff_t(level));
        choose(std::move(keys));
    });
    remove->setEnabled(m_keys.size() > 1);
}

void KeyChooser::fillAddMenu(QMenu &menu)
{
    for (const AccountKey key : offered())
        if (std::ranges::find(m_keys, key) == m_keys.end())
            menu.addAction(
                titleOf(key), this,
                [this, key] {
                    std::vector<AccountKey> keys = m_keys;
                    keys.push_back(key);
                    choose(std::move(keys));
                });
}

void KeyChooser::fillPresets(QMenu &menu)
{
    const auto add = [&](const char *preset) {
        menu.addAction(titlesOf(presetKeys(preset)), this, [this, preset] { choose(presetKeys(preset)); });
    };
    std::ranges::for_each(kPresets, add);
    if (m_areGuestsKnown)
        std::ranges::for_each(kGuestPresets, add);
}

} // namespace exitscope
