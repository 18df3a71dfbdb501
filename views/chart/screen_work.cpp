// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart/screen_work.h"

#include <QTimer>

#include <deque>
#include <utility>

namespace exitscope {

// What waits, in the order in which it is done.
class ScreenLine {
public:
    static ScreenLine &instance()
    {
        static ScreenLine line;
        return line;
    }

    void add(ScreenWork &work)
    {
        lineOf(work).push_back(&work);
        if (!m_turn.isActive())
            m_turn.start();
    }
    void remove(ScreenWork &work)
    {
        std::erase(lineOf(work), &work);
        if (isEmpty())
            m_turn.stop();
    }
    bool isEmpty() const { return m_front.empty() && m_line.empty(); }

private:
    using Line = std::deque<ScreenWork *>;

    Line &lineOf(const ScreenWork &work) { return work.m_place == ScreenWork::Place::Front ? m_front : m_line; }

    ScreenLine()
    {
        m_turn.setSingleShot(true);
        m_turn.setObjectName(QStringLiteral("ScreenWork"));
        QObject::connect(&m_turn, &QTimer::timeout, &m_turn, [this] { doNext(); });
    }

    void doNext()
    {
        m_wasFront = !m_front.empty() && (!m_wasFront || m_line.empty());
        Line &line = m_wasFront ? m_front : m_line;
        ScreenWork &work = *line.front();
        line.pop_front();
        work.m_isAsked = false;
        if (!isEmpty())
            m_turn.start();
        work.m_work(); // may ask for more
    }

    Line m_front, m_line;
    bool m_wasFront = false;
    // Of no time: one in each turn, after which input is looked at. What is posted may come in the same turn still:
    // where a widget has its own posted events sent, all that were posted until then are.
    QTimer m_turn;
};

ScreenWork::ScreenWork(std::function<void()> work, Place place) : m_work(std::move(work)), m_place(place) { }

ScreenWork::~ScreenWork()
{
    forget();
}

void ScreenWork::ask()
{
    if (!std::exchange(m_isAsked, true))
        ScreenLine::instance().add(*this);
}

void ScreenWork::forget()
{
    if (std::exchange(m_isAsked, false))
        ScreenLine::instance().remove(*this);
}

bool ScreenWork::isAllDone()
{
    return ScreenLine::instance().isEmpty();
}

} // namespace exitscope
