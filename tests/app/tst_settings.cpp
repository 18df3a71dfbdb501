// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/storage/recording_name.h"
#include "app/window/storage/settings.h"

using namespace exitscope;

class TestSettings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void startEmpty();
    void recentIsNewestFirstAndBounded();
    void recentIsOfAbsolutePaths();
    void recentKeepsNamesThatAreNoUtf8();
    void isKept();
    void brokenThemeIsThatOfTheDesktop();
    void liesInTheConfigurationDirectory();
    void names_data();
    void names();

private:
    QString file() { return m_directory.filePath(QString::fromLatin1(QTest::currentTestFunction())); }
    QTemporaryDir m_directory;
};

void TestSettings::startEmpty()
{
    const Settings settings(file());
    QVERIFY(settings.recent().isEmpty());
    QCOMPARE(settings.theme(), ThemeChoice::Desktop);
    QVERIFY(settings.layout().isEmpty());
}

void TestSettings::recentIsNewestFirstAndBounded()
{
    Settings settings(file());
    for (int i = 0; i < Settings::kMostRecent + 3; ++i)
        settings.addRecent({QStringLiteral("/t/%1").arg(i)});
    QCOMPARE(settings.recent().size(), Settings::kMostRecent);
    QCOMPARE(settings.recent().front(), QStringList{QStringLiteral("/t/12")});
    settings.addRecent({QStringLiteral("/t/5")}); // again: moves to the front
    QCOMPARE(settings.recent().front(), QStringList{QStringLiteral("/t/5")});
    QCOMPARE(settings.recent().size(), Settings::kMostRecent);
    QCOMPARE(settings.recent().count(QStringList{QStringLiteral("/t/5")}), 1);
    settings.clearRecent();
    QVERIFY(settings.recent().isEmpty());
}

void TestSettings::recentIsOfAbsolutePaths()
{
    Settings settings(file());
    settings.addRecent({QStringLiteral("a"), QStringLiteral("/b")});
    QCOMPARE(
        settings.recent().front(), (QStringList{QDir::current().filePath(QStringLiteral("a")), QStringLiteral("/b")}));
}

void TestSettings::recentKeepsNamesThatAreNoUtf8()
{
    const QStringList paths{QString(QStringLiteral("/t/caf") + QChar(0xdce9)), QStringLiteral("/t/café %41 \"x, y\"")};
    Settings(file()).addRecent(paths);
    QCOMPARE(Settings(file()).recent().front(), paths);
    Settings(file()).addRecent(paths);
    QCOMPARE(Settings(file()).recent().size(), 1);
}

void TestSettings::isKept()
{
    {
        Settings settings(file());
        settings.addRecent({QStringLiteral("/x, with comma"), QStringLiteral("/ü")});
        settings.setTheme(ThemeChoice::Dark);
        settings.setWindowGeometry("geo\0metry");
        settings.setLayout("layout");
    }
    const Settings settings(file());
    QCOMPARE(settings.recent(), (QList<QStringList>{{QStringLiteral("/x, with comma"), QStringLiteral("/ü")}}));
    QCOMPARE(settings.theme(), ThemeChoice::Dark);
    QCOMPARE(settings.windowGeometry(), QByteArray("geo\0metry"));
    QCOMPARE(settings.layout(), QByteArray("layout"));
}

void TestSettings::brokenThemeIsThatOfTheDesktop()
{
    QSettings raw(file(), QSettings::IniFormat);
    raw.setValue(QStringLiteral("theme"), QStringLiteral("pink"));
    raw.sync();
    QCOMPARE(Settings(file()).theme(), ThemeChoice::Desktop);
}

void TestSettings::liesInTheConfigurationDirectory()
{
    QStandardPaths::setTestModeEnabled(true);
    const QString directory = QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation);
    const QString expected = QDir(directory).filePath(QStringLiteral("exitscope.ini"));
    QFile::remove(expected);
    Settings().setTheme(ThemeChoice::Light);
    QVERIFY(QFile::exists(expected));
    QFile::remove(expected);
}

void TestSettings::names_data()
{
    QTest::addColumn<QStringList>("paths");
    QTest::addColumn<QString>("name");
    QTest::newRow("none") << QStringList{} << QString();
    QTest::newRow("one") << QStringList{QStringLiteral("/t/storms")} << QStringLiteral("storms");
    QTest::newRow("with a slash") << QStringList{QStringLiteral("/t/storms/")} << QStringLiteral("storms");
    QTest::newRow("that many share") << QStringList{QStringLiteral("/t/storms/host")} << QStringLiteral("storms/host");
    QTest::newRow("three") << QStringList{QStringLiteral("/t/a"), QStringLiteral("/t/b"), QStringLiteral("/t/c")}
                           << QStringLiteral("a and 2 more");
    QTest::newRow("root") << QStringList{QStringLiteral("/")} << QStringLiteral("/");
}

void TestSettings::names()
{
    QFETCH(const QStringList, paths);
    QTEST(recordingName(paths), "name");
}

QTEST_GUILESS_MAIN(TestSettings)
#include "tst_settings.moc"
