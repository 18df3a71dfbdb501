// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/turn_watch.h"

#include <QAbstractEventDispatcher>
#include <QMetaEnum>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace exitscope::benchmark {

namespace {

double threadCpuMs()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) * 1e-6;
}

// That this thread waited for a CPU so far; 0 where the kernel does not tell.
double stolenMs()
{
    static const int kFile = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC); // the GUI thread opens it
    char text[96] = {};
    long long ran = 0, waited = 0;
    if (kFile < 0 || ::pread(kFile, text, sizeof text - 1, 0) <= 0
        || std::sscanf(text, "%lld %lld", &ran, &waited) != 2) // NOLINT(cert-err34-c): the kernel writes numbers
        return 0;
    return double(waited) * 1e-6;
}

double msSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

// Before the event is delivered: its receiver may be gone after it.
QString nameOf(const QObject &receiver, QEvent::Type type)
{
    const char *name = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
    return QStringLiteral("%1 to %2")
        .arg(name ? QString::fromLatin1(name) : QString::number(type),
            receiver.objectName().isEmpty() ? QString::fromLatin1(receiver.metaObject()->className())
                                            : receiver.objectName());
}

// GLib's event loop tells of no turns.
int &withoutGlib(int &argc)
{
    qputenv("QT_NO_GLIB", "1");
    return argc;
}

// The offscreen platform tells again and again of what it cannot do.
void tellUnlessOffscreen(QtMsgType type, const QMessageLogContext &, const QString &message)
{
    if (!message.startsWith(QLatin1String("This plugin does not support")))
        std::fprintf(stderr, "%s\n", qPrintable(message));
    if (type == QtFatalMsg)
        std::exit(1);
}

} // namespace

void useNoDisplay()
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    qInstallMessageHandler(tellUnlessOffscreen);
}

WatchedApplication::WatchedApplication(int &argc, char **argv) : QApplication(withoutGlib(argc), argv)
{
    const QAbstractEventDispatcher *loop = QAbstractEventDispatcher::instance();
    connect(loop, &QAbstractEventDispatcher::awake, this, &WatchedApplication::lap);
    connect(loop, &QAbstractEventDispatcher::aboutToBlock, this, &WatchedApplication::pause);
}

// The dispatcher calls: awake, posted events, aboutToBlock unless there are more, poll, timers; input, and anew.
void WatchedApplication::lap()
{
    pause();
    if (m_isCounted)
        m_turns.push_back(m_turn);
    m_turn = {};
    m_isCounted = false;
    resume();
}

void WatchedApplication::pause()
{
    if (std::exchange(m_isPaused, true))
        return;
    m_turn.ms += msSince(m_begin);
    m_turn.cpuMs += threadCpuMs() - m_cpuBegin;
    m_turn.stolenMs += stolenMs() - m_stolenBegin;
}

void WatchedApplication::resume()
{
    if (!std::exchange(m_isPaused, false))
        return;
    m_begin = Clock::now();
    m_cpuBegin = threadCpuMs();
    m_stolenBegin = stolenMs();
}

std::vector<Turn> WatchedApplication::takeTurns()
{
    m_isPaused = true;
    m_turn = {};
    m_isCounted = false;
    return std::exchange(m_turns, {});
}

bool WatchedApplication::notify(QObject *receiver, QEvent *event)
{
    if (m_depth > 0)
        return QApplication::notify(receiver, event);
    resume(); // after the loop waited
    if (receiver == m_driver)
        return QApplication::notify(receiver, event);
    m_isCounted = true;
    const QString what = nameOf(*receiver, event->type());
    const Clock::time_point begin = Clock::now();
    ++m_depth;
    const bool result = QApplication::notify(receiver, event);
    --m_depth;
    if (const double ms = msSince(begin); ms > m_turn.whatMs) {
        m_turn.whatMs = ms;
        m_turn.what = what;
    }
    return result;
}

} // namespace exitscope::benchmark
