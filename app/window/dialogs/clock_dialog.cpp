// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/dialogs/clock_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <cmath>

#include "views/chart/plain_text.h"

namespace exitscope {

namespace {

constexpr double kNsPerUs = 1000;
constexpr double kMostShiftUs = 1e9; // µs
constexpr double kStepUs = 1;
enum RunKind { ShiftRun };

} // namespace

ClockDialog::ClockDialog(ViewState &state, GuestClocks &clocks, QWidget *parent)
    : QDialog(parent), m_state(state), m_clocks(clocks)
{
    setWindowTitle(QStringLiteral("Guest clocks"));
    build();
    refresh();
    connect(&m_clocks, &GuestClocks::changed, this, &ClockDialog::refresh);
    connect(&m_state, &ViewState::changed, this, [this](const ViewValues &now, const ViewValues &before) {
        if (now.clocks != before.clocks)
            refresh();
    });
    connect(m_guest, &QComboBox::currentIndexChanged, this, &ClockDialog::refresh);
    connect(m_source, &QComboBox::activated, this, &ClockDialog::choose);
    connect(m_shift, &QDoubleSpinBox::valueChanged, this, &ClockDialog::choose);
    connect(
        m_accept, &QPushButton::clicked, this,
        [this] {
            if (const ShownGuest *guest = shown(); guest && !guest->alignment.map.isEmpty())
                Q_EMIT accepted(guest->alignment.guest, guest->alignment.map);
        });
    connect(
        m_forget, &QPushButton::clicked, this,
        [this] {
            if (const ShownGuest *guest = shown())
                Q_EMIT forgotten(guest->alignment.guest);
        });
    connect(m_reset, &QPushButton::clicked, this, [this] {
        if (const ShownGuest *guest = shown())
            m_state.setClock(guest->trace->path, std::nullopt);
    });
}

// Undo and redo are the window's also while a number is edited.
bool ClockDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            event->ignore();
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void ClockDialog::build()
{
    m_guest = new QComboBox;
    m_guest->setAccessibleName(QStringLiteral("Guest"));
    m_source = new QComboBox;
    m_source->setAccessibleName(QStringLiteral("Map of the guest's clock"));
    for (const MapSource source : {MapSource::Found, MapSource::Estimate, MapSource::User})
        m_source->addItem(mapSourceText(source), int(source));
    m_shift = new QDoubleSpinBox;
    m_shift->setAccessibleName(QStringLiteral("Shift by hand"));
    m_shift->setDecimals(3);
    m_shift->setRange(-kMostShiftUs, kMostShiftUs);
    m_shift->setSingleStep(kStepUs);
    m_shift->setSuffix(QStringLiteral(" µs"));
    m_shift->setToolTip(QStringLiteral("Moves the guest's events later on the host's clock; undo takes it back"));
    m_shift->installEventFilter(this);
    connect(new QShortcut(QKeySequence::Undo, this), &QShortcut::activated, &m_state, &ViewState::undo);
    connect(new QShortcut(QKeySequence::Redo, this), &QShortcut::activated, &m_state, &ViewState::redo);
    m_problem = new QLabel;
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->hide();

    m_facts = new QFormLayout;
    auto *form = new QFormLayout;
    form->addRow(QStringLiteral("&Guest:"), m_guest);
    form->addRow(QStringLiteral("&Map:"), m_source);
    form->addRow(QStringLiteral("&Shift by hand:"), m_shift);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    m_accept = buttons->addButton(QStringLiteral("&Accept"), QDialogButtonBox::ActionRole);
    m_accept->setToolTip(QStringLiteral("Keep this map for the recording: it is taken the next time it is opened"));
    m_forget = buttons->addButton(QStringLiteral("&Forget accepted"), QDialogButtonBox::ActionRole);
    m_reset = buttons->addButton(QStringLiteral("&Reset"), QDialogButtonBox::ActionRole);
    m_reset->setToolTip(QStringLiteral("As it was when the recording was opened"));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addSpacing(8);
    layout->addLayout(m_facts);
    layout->addWidget(m_problem);
    layout->addStretch(1);
    layout->addWidget(buttons);
    const QList<QAbstractButton *> all = buttons->buttons();
    for (QAbstractButton *button : all)
        static_cast<QPushButton *>(button)->setAutoDefault(false); // Enter takes the shift that was typed, no more
    setMinimumWidth(520);
}

const ShownGuest *ClockDialog::shown() const
{
    const auto &guests = m_clocks.current();
    const int index = m_guest->currentIndex();
    return guests && index >= 0 && index < int(guests->guests.size()) ? &guests->guests[std::size_t(index)] : nullptr;
}

QString ClockDialog::fact(const QString &name) const
{
    for (const auto &[label, text] : m_labels)
        if (label == name)
            return text->text();
    return {};
}

void ClockDialog::say(const QString &problem)
{
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

// All controls show what is; nothing is asked for by that.
void ClockDialog::refresh()
{
    const QSignalBlocker quietGuest(m_guest);
    const QSignalBlocker quietSource(m_source);
    const QSignalBlocker quietShift(m_shift);
    const auto &guests = m_clocks.current();
    const int count = guests ? int(guests->guests.size()) : 0;
    if (m_guest->count() != count) {
        m_guest->clear();
        for (int i = 0; i < count; ++i)
            m_guest->addItem(guests->guests[std::size_t(i)].trace->path);
    }
    const ShownGuest *guest = shown();
    for (QWidget *control : std::initializer_list<QWidget *>{m_source, m_shift, m_reset})
        control->setEnabled(guest && guest->alignment.vm);
    m_accept->setEnabled(guest && !guest->alignment.map.isEmpty());
    m_forget->setEnabled(guest && guest->hasUser);
    showFacts(guest ? clockFacts(*guest, *guests->recording) : std::vector<ClockFact>());
    if (!guest)
        return;
    auto *sources = qobject_cast<QStandardItemModel *>(m_source->model());
    sources->item(int(MapSource::Estimate))->setEnabled(guest->hasEstimate);
    sources->item(int(MapSource::User))->setEnabled(guest->hasUser);
    // What the user asked for last, even if it is still computed.
    ClockChoice choice = guest->choice;
    const auto &chosen = m_state.values().clocks;
    if (const auto at = chosen.find(guest->trace->path); at != chosen.end())
        choice = at->second;
    if (choice != guest->choice)
        m_accept->setEnabled(false); // what is shown is not yet what was asked for
    m_source->setCurrentIndex(int(choice.source));
    m_shift->setValue(double(choice.shift) / kNsPerUs);
}

// Rows stay where they are: only texts change while a map is shifted.
void ClockDialog::showFacts(const std::vector<ClockFact> &facts)
{
    if (m_labels.size() != facts.size()) {
        while (m_facts->rowCount() > 0)
            m_facts->removeRow(0);
        m_labels.clear();
        for (const ClockFact &fact : facts) {
            auto *text = new QLabel;
            text->setTextFormat(Qt::PlainText);
            text->setWordWrap(true);
            text->setTextInteractionFlags(Qt::TextSelectableByMouse);
            text->setAccessibleName(fact.name);
            m_facts->addRow(QString(fact.name % QLatin1Char(':')), text);
            m_labels.emplace_back(fact.name, text);
        }
    }
    for (std::size_t i = 0; i < facts.size(); ++i) {
        m_labels[i].second->setText(facts[i].text);
        m_labels[i].second->setToolTip(plainTip(facts[i].meaning));
    }
}

void ClockDialog::choose()
{
    const ShownGuest *guest = shown();
    if (!guest)
        return;
    const ClockChoice choice{MapSource(m_source->currentData().toInt()), Ns(std::llround(m_shift->value() * kNsPerUs))};
    m_state.setClock(guest->trace->path, choice, m_run.next(m_state, ShiftRun));
}

} // namespace exitscope
