// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/storage/guest_map_store.h"
#include "tests/views/made_guest.h"

using namespace exitscope;
using namespace exitscope::testing;

class TestGuestMapStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsMapsExactly();
    void eachRecordingHasItsOwn();
    void removes();
    void brokenFileIsToldAndKept();
    void unwritablePlaceIsTold();
};

void TestGuestMapStore::keepsMapsExactly()
{
    const QTemporaryDir directory;
    const auto recording = makeGuestRecording();
    // Two pieces, at times that a double cannot hold.
    const ClockMap map(std::vector<ClockPiece>{
        {{1795349344473381912, 1795386298850526283, -34.688649331905246e-6}, kNoTime, {kNoTime, kNoTime}, {}},
        {{1795349346000000001, 1795386300377091607, 20.1e-6}, 1795349345999999999, {kNoTime, kNoTime}, {}}});
    QString error;
    {
        GuestMapStore store(directory.path());
        QVERIFY(store.open(*recording, error));
        QVERIFY(store.maps(*recording).empty());
        QVERIFY2(store.set(*recording, 0, map, error), qPrintable(error));
    }
    GuestMapStore store(directory.path());
    QVERIFY2(store.open(*recording, error), qPrintable(error));
    const ClockMap read = store.maps(*recording).at(0);
    QCOMPARE(read.pieces().size(), std::size_t(2));
    for (std::size_t i = 0; i < 2; ++i) {
        QCOMPARE(read.pieces()[i].line.referenceGuest, map.pieces()[i].line.referenceGuest);
        QCOMPARE(read.pieces()[i].line.hostAtReference, map.pieces()[i].line.hostAtReference);
        QVERIFY(read.pieces()[i].line.drift == map.pieces()[i].line.drift);
        QCOMPARE(read.pieces()[i].guestFrom, map.pieces()[i].guestFrom);
    }
}

void TestGuestMapStore::eachRecordingHasItsOwn()
{
    const QTemporaryDir directory;
    const auto recording = makeGuestRecording();
    QString error;
    GuestMapStore store(directory.path());
    QVERIFY(store.open(*recording, error));
    QVERIFY(store.set(*recording, 0, ClockMap(ClockLine{1, 2, 0}), error));
    Recording other = *recording;
    other.traces[0].used = true; // of another host's trace
    QVERIFY(store.open(other, error));
    QVERIFY(store.maps(other).empty());
}

void TestGuestMapStore::removes()
{
    const QTemporaryDir directory;
    const auto recording = makeGuestRecording();
    QString error;
    GuestMapStore store(directory.path());
    QVERIFY(store.open(*recording, error));
    QVERIFY(store.set(*recording, 0, ClockMap(ClockLine{1, 2, 0}), error));
    QVERIFY(store.remove(*recording, 0, error));
    QVERIFY(store.open(*recording, error));
    QVERIFY(store.maps(*recording).empty());
}

void TestGuestMapStore::brokenFileIsToldAndKept()
{
    const QTemporaryDir directory;
    const auto recording = makeGuestRecording();
    QString error;
    GuestMapStore store(directory.path());
    QVERIFY(store.open(*recording, error));
    QVERIFY(store.set(*recording, 0, ClockMap(ClockLine{1, 2, 0}), error));
    const QStringList files = QDir(directory.path()).entryList(QDir::Files);
    QCOMPARE(files.size(), 1);
    const QString path = directory.filePath(files.front());
    for (const char *content :
        {"", "{}", "[1, 2]", R"({"schema":"exitscope-guest-maps/1","guests":[{"trace":"x","map":[]}]})",
            R"({"schema":"exitscope-guest-maps/1","guests":[{"trace":"x","map":[{"drift":0}]}]})"}) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
        file.close();
        QVERIFY2(!store.open(*recording, error), content);
        QVERIFY(error.contains(path) && !error.contains(QLatin1Char('\n')));
        QVERIFY(store.maps(*recording).empty());
        const QString told = error;
        QVERIFY2(!store.set(*recording, 0, ClockMap(ClockLine{1, 2, 0}), error), "what was there is not overwritten");
        QCOMPARE(error, told);
        QCOMPARE(QFileInfo(path).size(), qint64(qstrlen(content)));
    }
}

void TestGuestMapStore::unwritablePlaceIsTold()
{
    const QTemporaryDir directory;
    QFile file(directory.filePath(QStringLiteral("file")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const auto recording = makeGuestRecording();
    QString error;
    GuestMapStore store(directory.filePath(QStringLiteral("file/below")));
    store.open(*recording, error);
    QVERIFY(!store.set(*recording, 0, ClockMap(ClockLine{1, 2, 0}), error));
    QVERIFY2(error.contains(QStringLiteral("clock maps cannot be written")), qPrintable(error));
}

QTEST_GUILESS_MAIN(TestGuestMapStore)
#include "tst_guest_map_store.moc"
