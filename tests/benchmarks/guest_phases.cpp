// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/guest_phases.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QTreeView>

#include <algorithm>

#include "views/chart/custom_plot.h"
#include "views/guests/guest_table.h"
#include "views/timeline/timeline_view.h"

namespace exitscope::benchmark {

namespace {

constexpr int kMoves = 30; // of a drag or a pointer
constexpr int kSteps = 25; // of a wheel or a key
constexpr int kFolds = 12; // rows of processes
constexpr int kAtOnce = 6; // steps of a wheel that is turned fast

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

void require(bool isSo, const char *what)
{
    if (!isSo)
        qFatal("%s", what);
}

} // namespace

void GuestPhases::phase(const QString &name, const std::function<void()> &act)
{
    m_application.takeTurns();
    act();
    m_driver.settle();
    m_report.add(name, m_application.takeTurns());
}

TimelineView &GuestPhases::view() const
{
    return m_driver.workspace().timeline();
}

QWidget *GuestPhases::plot() const
{
    return &view().plot();
}

QPointF GuestPhases::inRows(double share) const
{
    const QRectF area = view().shown()->plot;
    return {area.left() + area.width() * share, area.center().y()};
}

void GuestPhases::trigger(const char *text)
{
    const QList<QAction *> all = view().actions();
    const auto found = std::ranges::find_if(
        all, [&](const QAction *action) { return action->text().remove(QLatin1Char('&')) == QLatin1String(text); });
    require(found != all.end(), text);
    QMetaObject::invokeMethod(*found, &QAction::trigger, Qt::QueuedConnection);
    m_driver.rest(16);
}

void GuestPhases::awaitList(ThreadOrder order)
{
    require(m_driver.until([&] {
        const auto &list = view().options().threadList;
        return list && list->shown == m_driver.workspace().clocks().current() && list->order == order;
    }),
        "the threads are not listed");
}

void GuestPhases::open(const testing::ManyThreads &made, int timelineWidth)
{
    GuestClocks &clocks = m_driver.workspace().clocks();
    LiveGuests &guests = m_driver.workspace().guests();
    phase(text("open"), [&] {
        QMetaObject::invokeMethod(
            &m_driver.window().loader(), [&] { Q_EMIT m_driver.window().loader().loaded(made.recording); },
            Qt::QueuedConnection);
        require(m_driver.until([&] { return m_driver.workspace().recording() == made.recording; }), "it is not shown");
        require(m_driver.until([&] { return clocks.current() && !guests.isBusy() && guests.current(); }),
            "the guest is not shown");
    });
    m_driver.window().resize(m_driver.window().width() + timelineWidth - plot()->width(), m_driver.window().height());
    m_driver.settle();
    phase(text("show rows of threads"), [&] {
        trigger("Show the guest's processes and threads");
        awaitList(ThreadOrder::Lost);
    });
    require(view().shown()->threadList->guests.at(0).threads == made.recording->guests.at(0).threads.size(),
        "threads are missing");
}

void GuestPhases::begin()
{
    TimelineOptions options = view().options();
    options.toggled.clear();
    options.pinned.clear();
    options.scroll = 0;
    view().setOptions(options);
    m_driver.state().clearFilters();
    m_driver.state().setVisible(m_driver.state().bounds());
    m_driver.settle();
}

void GuestPhases::use()
{
    begin();
    phase(
        text("scroll, folded"),
        [this] {
            scrollTo(true, 1);
            scrollTo(false, kAtOnce);
        });
    phase(text("unfold and fold"), [this] {
        for (int i = 0; i < 2; ++i)
            fold(kFolds);
    });
    unfoldAll();
    phase(
        text("scroll, unfolded"), [this] { scrollTo(true, kAtOnce); });
    phase(
        text("scroll up slowly"),
        [this] {
            for (int i = 0; i < 4 * kSteps; ++i)
                m_driver.wheel(plot(), inRows(0.5), 1, {});
        });
    phase(
        text("drag the scroll bar"),
        [this] {
            auto *bar = view().findChild<QScrollBar *>();
            for (int i = 0; i <= kMoves; ++i) {
                QMetaObject::invokeMethod(
                    bar, [=] { bar->setValue(bar->maximum() / kMoves * i); }, Qt::QueuedConnection);
                m_driver.rest(16);
            }
            scrollTo(false, 1000);
        });
    phase(text("fold and unfold"), [this] {
        for (int i = 0; i < 2; ++i)
            fold(kFolds);
    });
    search();
    sort();
    lookAround();
    choose();
    listInTable();
}

// Rows move as others open: each is looked for again.
void GuestPhases::fold(int rows)
{
    for (int i = 0; i < rows; ++i) {
        const auto &shown = view().shown()->rows;
        std::vector<QPointF> triangles;
        for (const TimelineRow &row : shown)
            if (row.threads && row.threads->process && row.isFoldable())
                triangles.push_back(row.triangle.center());
        require(!triangles.empty(), "there is no process to fold");
        m_driver.click(plot(), triangles[std::min(std::size_t(i), triangles.size() - 1)]);
    }
}

void GuestPhases::scrollTo(bool bottom, int steps)
{
    const auto *bar = view().findChild<QScrollBar *>();
    require(bar && bar->maximum() > 0, "there is nothing to scroll");
    while (bar->value() != (bottom ? bar->maximum() : 0))
        m_driver.wheel(plot(), inRows(0.5), bottom ? -steps : steps, {});
}

void GuestPhases::unfoldAll()
{
    phase(
        text("unfold all"),
        [this] {
            QMetaObject::invokeMethod(
                &view(), [this] { view().setOptions(withAllThreads(view().options(), view().options().threadList)); },
                Qt::QueuedConnection);
        });
}

void GuestPhases::search()
{
    phase(
        text("find threads by name"),
        [this] {
            view().findThreads();
            auto *find = view().findChild<QLineEdit *>();
            for (const Qt::Key key : {Qt::Key_W, Qt::Key_O, Qt::Key_R, Qt::Key_K, Qt::Key_Backspace, Qt::Key_Backspace,
                     Qt::Key_Backspace, Qt::Key_Backspace, Qt::Key_1, Qt::Key_7, Qt::Key_3, Qt::Key_Backspace})
                m_driver.key(find, key);
            require(find->text() == QLatin1String("17"), "no name could be typed");
            require(std::ranges::any_of(view().shown()->rows, &TimelineRow::isThread), "no thread is found");
            scrollTo(true, kAtOnce);
            for (int i = 0; i < 2; ++i)
                m_driver.key(find, Qt::Key_Backspace);
        });
}

void GuestPhases::sort()
{
    phase(
        text("order threads"),
        [this] {
            for (const auto &[words, order] : {std::pair("Threads by name", ThreadOrder::Name),
                     std::pair("Threads by their first run", ThreadOrder::FirstRun),
                     std::pair("Threads by lost time", ThreadOrder::Lost)}) {
                trigger(words);
                awaitList(order);
            }
        });
}

void GuestPhases::lookAround()
{
    m_driver.wheel(plot(), inRows(0.5), -kAtOnce * 20, {}); // to where all that is seen is threads
    m_driver.settle();
    phase(text("zoom with Ctrl+wheel"), [this] {
        for (int i = 0; i < 3 * kSteps; ++i)
            m_driver.wheel(plot(), inRows(0.4), i < 2 * kSteps ? 1 : -2, Qt::ControlModifier);
    });
    for (const auto &[name, share] :
        {std::pair("whole", 1.0), std::pair("tenth", 0.1), std::pair("thousandth", 0.001)}) {
        const TimeRange bounds = m_driver.state().bounds();
        const Ns from = bounds.from + bounds.length() / 3;
        m_driver.state().setVisible(share == 1 ? bounds : TimeRange{from, from + Ns(double(bounds.length()) * share)});
        m_driver.settle();
        phase(
            text("pan by middle-drag, ") + text(name),
            [this] { m_driver.drag(plot(), Qt::MiddleButton, inRows(0.8), inRows(0.1), kMoves); });
        phase(
            text("keys W A S D, ") + text(name),
            [this] {
                for (int i = 0; i < kSteps / 2; ++i)
                    for (const Qt::Key key : {Qt::Key_W, Qt::Key_A, Qt::Key_S, Qt::Key_D})
                        m_driver.key(plot(), key);
            });
        phase(text("hover, ") + text(name), [this] {
            for (int i = 0; i < kMoves; ++i)
                m_driver.move(plot(), inRows(double(i) / kMoves));
        });
    }
    m_driver.state().setVisible(m_driver.state().bounds());
    m_driver.settle();
}

// By names: what they filter follows in all charts and tables.
void GuestPhases::choose()
{
    const auto clickRow = [this](bool isName, Qt::KeyboardModifiers modifiers = {}) {
        const auto &rows = view().shown()->rows;
        const auto row = std::ranges::find_if(rows, [this](const TimelineRow &of) {
            return of.isThread() && !of.threads->isPinned && of.rect.top() > view().shown()->plot.center().y();
        });
        require(row != rows.end(), "there is no thread to click");
        m_driver.click(plot(), isName ? row->labelArea.center() : row->triangle.center(), modifiers);
        m_driver.settle();
    };
    phase(text("filter by a thread"), [&] {
        clickRow(true);
        require(!m_driver.state().values().threads.empty(), "nothing is filtered");
        clickRow(true);
    });
    phase(text("pin threads"), [&] {
        for (int i = 0; i < 4; ++i)
            clickRow(false);
        require(view().options().pinned.size() == 4, "nothing is pinned");
    });
}

void GuestPhases::listInTable()
{
    GuestTable &table = m_driver.workspace().guestTable();
    phase(text("table of threads"), [&] {
        m_driver.workspace().showDock(&table);
        table.setTopic(GuestTopic::Threads);
        m_driver.settle();
    });
    auto *shown = table.findChild<QTreeView *>();
    require(m_driver.until([&] { return shown->model()->rowCount() > 0; }), "the table lists no threads");
    phase(text("unfold the table"), [&] {
        for (int row = shown->model()->rowCount() - 1; row >= 0; --row) {
            shown->setCurrentIndex(shown->model()->index(row, 0));
            m_driver.key(shown, Qt::Key_Right);
        }
    });
    phase(
        text("sort the table"),
        [&] {
            QHeaderView *header = shown->header();
            for (int section = 0; section < 5; ++section)
                m_driver.click(
                    header->viewport(), QPointF(header->sectionViewportPosition(section) + 12, header->height() / 2.0));
        });
    phase(text("scroll the table"), [&] {
        for (int i = 0; i < kSteps; ++i)
            m_driver.wheel(shown->viewport(), QPointF(100, 60), -kAtOnce, {});
    });
}

} // namespace exitscope::benchmark
