using Microsoft.Data.Sqlite;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Cli;

/// <summary>Runs made again from their folders, and held against each other.</summary>
public class ReproduceTests
{
    [Fact]
    public async Task ARunIsTheSameAgainAndOneOfAnotherSettingIsNot()
    {
        using TemporaryFolder root = new();
        string first = await RunAsync(root, "--seed", "9", "--switch", "loop_guard=off");
        CommandRun again = await CommandRun.OfAsync("reproduce", Path.GetFileName(first), "--out", root.Path, "--json");
        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.True(again.Json.GetProperty("same").GetBoolean());
        Assert.Equal(32, again.Json.GetProperty("parts")[0].GetProperty("was").GetString()!.Length);

        string other = await RunAsync(root, "--calibration", "upstream");
        CommandRun equal = await CommandRun.OfAsync("compare", first, first);
        Assert.Equal(0, equal.ExitCode);
        Assert.Contains("0 moved", equal.Output, StringComparison.Ordinal);
        CommandRun moved = await CommandRun.OfAsync("compare", first, other, "--json");
        Assert.Equal(1, moved.ExitCode);
        Assert.Contains(moved.Json.GetProperty("moved").EnumerateArray(), thing => thing.GetProperty("measure").GetString() == "first round trip" && thing.GetProperty("difference").GetDouble() > 0);
    }

    [Fact]
    public async Task AnotherFingerprintIsToldWithTheEnvironmentsDifferences()
    {
        using TemporaryFolder root = new();
        string run = await RunAsync(root);
        using (SqliteConnection results = new($"Data Source={Path.Combine(run, "results.db")};Pooling=False"))
        {
            results.Open();
            using SqliteCommand change = results.CreateCommand();
            change.CommandText = "UPDATE backend_results SET fingerprint = '00000000000000000000000000000000'";
            change.ExecuteNonQuery();
        }
        string manifest = Path.Combine(run, "manifest.json");
        File.WriteAllText(manifest, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(manifest), "\"kernel\": \"[^\"]*\"", "\"kernel\": \"another\""));
        CommandRun again = await CommandRun.OfAsync("reproduce", run, "--out", root.Path);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("differs: basic switch on model: was 00000000000000000000000000000000, is ", again.Output, StringComparison.Ordinal);
        Assert.Contains("environment: kernel was another, is Linux", again.Output, StringComparison.Ordinal);
        Assert.EndsWith("0 same, 1 different\n", again.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reproduce", "nobody")]
    [InlineData("compare", "nobody", "nobody")]
    public async Task WhatIsNoRunIsTold(params string[] arguments)
    {
        CommandRun run = await CommandRun.OfAsync(arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'nobody' is no run", run.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(TemporaryFolder root, params string[] options)
    {
        string[] before = Directory.Exists(root.Path) ? Directory.GetDirectories(root.Path) : [];
        CommandRun run = await CommandRun.OfAsync(["run", "scenarios/library/basic_switch.yaml", "--on", "model", "--out", root.Path, .. options]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return Assert.Single(Directory.GetDirectories(root.Path).Except(before));
    }
}
