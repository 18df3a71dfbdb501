// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/flame/flame_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

#include <utility>

#include "model/number_format.h"
#include "views/causes/key_chooser.h"
#include "views/flame/flame_canvas.h"

namespace exitscope {

FlameView::FlameView(ViewState &state, QWidget *parent)
    : QWidget(parent), m_state(state), m_chooser(new KeyChooser(this)), m_search(new QLineEdit(this)),
      m_found(new QLabel(this)), m_canvas(new FlameCanvas(this)), m_show([this] { layOut(); })
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(0, 2, 6, 2);
    bar->addWidget(m_chooser, 1);
    bar->addWidget(m_found, 0, Qt::AlignTop);
    bar->addWidget(m_search, 0, Qt::AlignTop);
    layout->addLayout(bar);
    layout->addWidget(m_canvas, 1);
    m_search->setPlaceholderText(tr("Find"));
    m_search->setAccessibleName(tr("Find frames by their name"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(160);
    m_found->setTextFormat(Qt::PlainText);
    setFocusProxy(m_canvas);
    m_chooser->setKeys(firstFlameKeys(m_recording.get(), m_state.values()));
    connect(
        m_search, &QLineEdit::textChanged, this, [this] { m_show.ask(); });
    connect(m_canvas, &FlameCanvas::resized, this, [this] { m_show.ask(); });
    connect(m_canvas, &FlameCanvas::chosen, this, &FlameView::choose);
    connect(m_canvas, &FlameCanvas::zoomWanted, this, &FlameView::zoomTo);
    connect(m_chooser, &KeyChooser::chosen, this, [this] {
        m_chosenKeys = m_chooser->keys();
        ask();
    });
    connect(&m_accounts, &LiveAccounts::failed, this, &FlameView::failed);
    connect(&m_accounts, &LiveAccounts::ready, this, [this] { m_show.ask(); });
    connect(&m_state, &ViewState::changed, this, [this](const ViewValues &now, const ViewValues &before) {
        if (now.selectsAs(before) && now.guests == before.guests && now.measure == before.measure)
            return;
        m_chooser->setGuestsKnown(now.guests != nullptr);
        if (m_chosenKeys.empty())
            m_chooser->setKeys(firstFlameKeys(m_recording.get(), now));
        ask();
        m_show.ask();
    });
}

void FlameView::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_symbols.reset();
    m_zoom.clear();
    m_stacks.reset();
    m_accounts.clear();
    m_canvas->clear();
    if (m_chosenKeys.empty())
        m_chooser->setKeys(firstFlameKeys(m_recording.get(), m_state.values()));
    ask();
}

void FlameView::setSymbols(std::shared_ptr<const GuestSymbols> symbols)
{
    m_symbols = std::move(symbols);
    ask();
}

void FlameView::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_show.ask();
}

void FlameView::setKeys(std::vector<AccountKey> keys)
{
    m_chosenKeys = std::move(keys);
    m_chooser->setKeys(m_chosenKeys.empty() ? firstFlameKeys(m_recording.get(), m_state.values()) : m_chosenKeys);
    ask();
}

QString FlameView::found() const
{
    return m_found->text();
}

FlameOptions FlameView::options() const
{
    return {m_chooser->keys(), m_zoom, m_search->text(), m_symbols};
}

AccountsOf FlameView::accountsNow() const
{
    return flameAccounts(m_recording, m_state.values(), m_chooser->keys(), m_symbols);
}

bool FlameView::isSettled() const
{
    return m_accounts.isCurrent() && !m_accounts.isBusy() && !m_show.isAsked() && m_stacks
        && m_stacks->tree == m_accounts.current() && m_stacks->measure == m_state.values().measure;
}

std::function<QString(CancelFlag cancel)> FlameView::folded() const
{
    return [of = accountsNow(), by = m_state.values().measure](CancelFlag cancel) {
        const Accounts accounts = accountsOf(*of.recording, of.selection, of.keys, cancel, of.symbols.get());
        return foldedStacks(of.context(), accounts, by, cancel);
    };
}

void FlameView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    ask();
}

void FlameView::ask()
{
    if (!m_recording || !isVisible())
        return;
    m_accounts.set(accountsNow());
    m_show.ask();
}

// What is newest; the zoom stays where values mean the same.
void FlameView::takeTree()
{
    const std::shared_ptr<const CauseTree> &now = m_accounts.current();
    const Measure measure = m_state.values().measure;
    if (!now || (m_stacks && m_stacks->tree == now && m_stacks->measure == measure))
        return;
    if (m_stacks && !m_stacks->tree->of.hasValuesOf(now->of))
        m_zoom.clear();
    m_stacks = std::make_shared<const FlameStacks>(now, measure);
}

void FlameView::layOut()
{
    if (!isVisible())
        return;
    takeTree();
    if (!m_stacks)
        return;
    m_canvas->setFlame(layoutFlame(m_stacks, m_state.values(), options(), m_canvas->size(), m_theme), m_theme,
        !m_accounts.isCurrent());
    const double found = m_canvas->flame().found;
    m_found->setText(found < 0 ? QString() : tr("%1 % found").arg(QString::number(found, 'f', 1)));
}

// The top drops what is chosen of its keys.
void FlameView::choose(AccountTree::Node node, bool add)
{
    const CauseTree &tree = *m_stacks->tree;
    ExitFilters next = m_state.values();
    if (node.level == 0)
        clearSets(next, tree.sets);
    else
        next = afterChoice(next, filtersOf(tree.of.context(), tree.of.keys, tree.accounts.path(node)), tree.sets, add);
    m_state.setFilters(std::move(next));
}

void FlameView::zoomTo(AccountTree::Node node)
{
    if (!m_stacks)
        return;
    m_zoom = m_stacks->tree->accounts.path(node);
    m_show.ask();
}

} // namespace exitscope
