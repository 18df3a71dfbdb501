// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/real_window/real_program.h"

#include <QDirIterator>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

namespace exitscope::test {

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

Ns timeOf(const QJsonValue &value)
{
    return value.toString().toLongLong();
}

// Of that name in any list of bookmarks below the directory.
std::optional<TimeRange> keptBookmark(const QString &directory, const QString &name)
{
    QDirIterator files(directory, {text("*.json")}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QJsonObject root = QJsonDocument::fromJson(file.readAll()).object();
        for (const QJsonValue &bookmark : root.value(text("bookmarks")).toArray())
            if (bookmark[text("name")].toString() == name)
                return TimeRange{timeOf(bookmark[text("from_ns")]), timeOf(bookmark[text("to_ns")])};
    }
    return std::nullopt;
}

} // namespace

RealProgram::~RealProgram()
{
    if (isRunning())
        m_process.kill();
    m_process.waitForFinished();
}

bool RealProgram::start(const QStringList &paths, const QString &title, const QProcessEnvironment &more)
{
    QProcessEnvironment environment = m_screen.environment();
    environment.insert(more);
    environment.insert(text("ASAN_OPTIONS"), text("detect_leaks=0")); // libdbus, for X alone, keeps a block of its own
    environment.insert(text("HOME"), m_directory.path());
    environment.insert(text("XDG_CONFIG_HOME"), m_directory.filePath(text("config")));
    environment.insert(text("XDG_DATA_HOME"), m_directory.filePath(text("data")));
    m_process.setProcessEnvironment(environment);
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    m_process.start(text(EXITSCOPE_BINARY_DIR "/exitscope"), paths);
    if (!m_process.waitForStarted(RealScreen::kWaitMs) || !m_screen.waitForWindow(title) || !m_screen.waitUntilStill())
        return false;
    m_window = m_screen.window(title);
    return true;
}

void RealProgram::drag(QPoint from, QPoint to) const
{
    constexpr int kSteps = 5;
    moveTo(from);
    m_screen.press(Qt::LeftButton);
    for (int i = 1; i <= kSteps; ++i)
        moveTo(from + (to - from) * i / kSteps);
    m_screen.release(Qt::LeftButton);
}

bool RealProgram::waitForPopup() const
{
    return QTest::qWaitFor([this] { return m_screen.shownWindows(text("exitscope")) > 1; }, RealScreen::kWaitMs)
        && m_screen.waitUntilStill();
}

std::optional<TimeRange> RealProgram::bookmark(const QString &name) const
{
    if (!m_screen.waitUntilStill())
        return std::nullopt;
    m_screen.key(text("b"));
    if (!m_screen.waitForWindow(text("Add bookmark")) || !m_screen.waitUntilStill())
        return std::nullopt;
    m_screen.type(name);
    m_screen.key(text("Return"));
    std::optional<TimeRange> kept;
    (void)QTest::qWaitFor(
        [&] {
            kept = keptBookmark(m_directory.path(), name);
            return kept.has_value();
        },
        RealScreen::kWaitMs);
    return kept;
}

} // namespace exitscope::test
