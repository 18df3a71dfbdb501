// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QDir>
#include <QLockFile>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/bookmarks_panel.h"

using namespace exitscope;

namespace {

Recording recordingAt(const char *path, const char *uuid)
{
    Recording recording;
    TraceInfo trace;
    trace.path = QString::fromLatin1(path);
    trace.description.traceUuid = uuid;
    trace.used = true;
    recording.traces.push_back(trace);
    return recording;
}

constexpr Ns kTraceTime = 1'795'386'299'019'930'522; // more than a double can hold

} // namespace

class TestBookmarks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_directory = std::make_unique<QTemporaryDir>(); }
    void areKeptToTheNanosecond();
    void areOfOneRecording();
    void areOrderedByTime();
    void twoWindowsLoseNone();
    void anotherWindowMayBeWriting();
    void brokenFileIsTold();
    void unwritablePlaceIsTold();
    void lieInTheDataDirectory();
    void panelAddsGoesAndRemoves();

private:
    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_error;
};

void TestBookmarks::areKeptToTheNanosecond()
{
    const Recording recording = recordingAt("/t/a", "u1");
    const Bookmark bookmark{QStringLiteral("storm \"ü\""), {kTraceTime, kTraceTime + 1}};
    BookmarkStore store(m_directory->path());
    QVERIFY(store.open(recording, m_error));
    QVERIFY(store.add(bookmark, m_error));

    BookmarkStore again(m_directory->path());
    QVERIFY(again.open(recording, m_error));
    QCOMPARE(again.bookmarks().size(), std::size_t(1));
    QVERIFY(again.bookmarks().front() == bookmark);
    QVERIFY(again.remove(0, m_error));
    QVERIFY(store.open(recording, m_error));
    QVERIFY(store.bookmarks().empty());
}

void TestBookmarks::areOfOneRecording()
{
    BookmarkStore store(m_directory->path());
    QVERIFY(store.open(recordingAt("/t/a", "u1"), m_error));
    QVERIFY(store.add({QStringLiteral("x"), {1, 2}}, m_error));
    QVERIFY(store.open(recordingAt("/t/a", "u2"), m_error)); // recorded anew at the same place
    QVERIFY(store.bookmarks().empty());
    QVERIFY(store.open(recordingAt("/t/b", "u1"), m_error)); // a copy
    QVERIFY(store.bookmarks().empty());
    QVERIFY(store.open(recordingAt("/t/a", "u1"), m_error));
    QCOMPARE(store.bookmarks().size(), std::size_t(1));
}

void TestBookmarks::twoWindowsLoseNone()
{
    const Recording recording = recordingAt("/t/a", "u1");
    const auto named = [](const char *name, Ns at) { return Bookmark{QString::fromLatin1(name), {at, at + 1}}; };
    BookmarkStore one(m_directory->path()), other(m_directory->path());
    QVERIFY(one.open(recording, m_error) && other.open(recording, m_error));
    QVERIFY(one.add(named("a", 10), m_error));
    QVERIFY(other.add(named("b", 5), m_error));
    QVERIFY(one.add(named("c", 20), m_error));
    QCOMPARE(one.bookmarks().size(), std::size_t(3));
    QVERIFY(one.bookmarks().front() == named("b", 5));
    QVERIFY(other.remove(0, m_error)); // what it shows there, wherever it stands by now
    QVERIFY(one.remove(0, m_error)); // that is gone already
    BookmarkStore after(m_directory->path());
    QVERIFY(after.open(recording, m_error));
    QVERIFY((after.bookmarks() == std::vector<Bookmark>{named("a", 10), named("c", 20)}));
}

void TestBookmarks::anotherWindowMayBeWriting()
{
    const Recording recording = recordingAt("/t/a", "u1");
    BookmarkStore store(m_directory->path());
    QVERIFY(store.open(recording, m_error));
    QVERIFY(store.add({QStringLiteral("a"), {1, 2}}, m_error));
    const QStringList files = QDir(m_directory->path()).entryList({QStringLiteral("*.json")}, QDir::Files);
    QCOMPARE(files.size(), 1);
    QLockFile lock(m_directory->filePath(files.front() + QStringLiteral(".lock")));
    QVERIFY(lock.tryLock());
    QVERIFY(!store.add({QStringLiteral("b"), {1, 2}}, m_error));
    QVERIFY2(m_error.contains(QStringLiteral(".lock")), qPrintable(m_error));
    QCOMPARE(store.bookmarks().size(), std::size_t(1));
    lock.unlock();
    QVERIFY(store.add({QStringLiteral("b"), {1, 2}}, m_error));
}

void TestBookmarks::areOrderedByTime()
{
    BookmarkStore store(m_directory->path());
    QVERIFY(store.open(recordingAt("/t/a", "u1"), m_error));
    for (const Ns from : {30, 10, 20})
        QVERIFY(store.add({QString::number(from), {from, from + 5}}, m_error));
    QCOMPARE(store.bookmarks()[0].name, QStringLiteral("10"));
    QCOMPARE(store.bookmarks()[2].name, QStringLiteral("30"));
}

void TestBookmarks::brokenFileIsTold()
{
    const Recording recording = recordingAt("/t/a", "u1");
    BookmarkStore store(m_directory->path());
    QVERIFY(store.open(recording, m_error));
    QVERIFY(store.add({QStringLiteral("x"), {1, 2}}, m_error));
    const QString name = QDir(m_directory->path()).entryList(QDir::Files).value(0);
    QFile file(m_directory->filePath(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"schema\": \"exitscope-bookmarks/1\", \"bookmarks\": [{\"name\": \"x\"}]}");
    file.close();
    QVERIFY(!store.open(recording, m_error));
    QVERIFY2(m_error.contains(name), qPrintable(m_error));
    QVERIFY(store.bookmarks().empty());
    const qint64 size = file.size();
    QVERIFY2(!store.add({QStringLiteral("y"), {1, 2}}, m_error), "what was there is not overwritten");
    QVERIFY2(m_error.contains(name), qPrintable(m_error));
    QVERIFY(store.bookmarks().empty());
    QCOMPARE(QFileInfo(file).size(), size);
}

void TestBookmarks::unwritablePlaceIsTold()
{
    QFile inTheWay(m_directory->filePath(QStringLiteral("file")));
    QVERIFY(inTheWay.open(QIODevice::WriteOnly));
    BookmarkStore store(m_directory->filePath(QStringLiteral("file/below")));
    QVERIFY(store.open(recordingAt("/t/a", "u1"), m_error));
    QVERIFY(!store.add({QStringLiteral("x"), {1, 2}}, m_error));
    QVERIFY2(m_error.contains(inTheWay.fileName()), qPrintable(m_error));
}

void TestBookmarks::lieInTheDataDirectory()
{
    QStandardPaths::setTestModeEnabled(true);
    const QString data = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    QCOMPARE(BookmarkStore::defaultDirectory(), QDir(data).filePath(QStringLiteral("bookmarks")));
}

void TestBookmarks::panelAddsGoesAndRemoves()
{
    ViewState state;
    BookmarksPanel panel(state, m_directory->path());
    const QAbstractItemModelTester tester(&panel.model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    state.reset({1000, 101000});
    panel.setRecording(recordingAt("/t/a", "u1"));
    state.setVisible({2000, 4000});
    panel.add(QStringLiteral("visible"), state.values().visible);
    state.select(TimeRange{50000, 60000});
    panel.add(QStringLiteral("selected"), *state.values().selected);
    QCOMPARE(panel.model().rowCount(), 2);
    QCOMPARE(panel.model().index(1, BookmarksModel::NameColumn).data().toString(), QStringLiteral("selected"));
    QCOMPARE(panel.model().index(1, BookmarksModel::BeginColumn).data().toString(), QStringLiteral("+49.0 µs"));

    panel.goTo(0);
    QCOMPARE(state.values().visible, (TimeRange{2000, 4000}));
    QCOMPARE(state.values().selected, std::optional(TimeRange{2000, 4000}));
    state.undo(); // one step
    QCOMPARE(state.values().selected, std::optional(TimeRange{50000, 60000}));

    panel.show();
    QVERIFY(QTest::qWaitForWindowActive(&panel));
    auto *table = panel.findChild<QTableView *>();
    table->selectRow(1);
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(state.values().visible, (TimeRange{50000, 60000}));
    QSignalSpy wanted(&panel, &BookmarksPanel::addWanted);
    for (QPushButton *button : panel.findChildren<QPushButton *>())
        if (button->text() != QStringLiteral("&Go to"))
            QTest::mouseClick(button, Qt::LeftButton); // adds, removes
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(panel.model().rowCount(), 1);
    table->selectRow(0);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Delete);
    QCOMPARE(panel.model().rowCount(), 0);
}

QTEST_MAIN(TestBookmarks)
#include "tst_bookmarks.moc"
