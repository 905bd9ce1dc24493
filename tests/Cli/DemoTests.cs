using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using MizarLab.Tests.Live;
using MizarLab.Tests.Reports;
using Xunit.Abstractions;

namespace MizarLab.Tests.Cli;

/// <summary>The main job through the command: the demo on a model, on bytecode and in the kernel.</summary>
[Collection(LiveCollection.Name)]
public sealed class DemoTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] Backends = ["model", "bpf", "netns"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [RootFact]
    public async Task BackendsAgreeAndTheRunIsKept()
    {
        long began = Stopwatch.GetTimestamp();
        CommandRun run = (await CommandRun.OfAsync("demo", "--on", string.Join(',', Backends), "--out", folder.File("runs"))).Ends(0);
        output.WriteLine($"demo on {string.Join(", ", Backends)}: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        Assert.EndsWith("3 passed, 0 failed, 0 skipped\n", run.Output, StringComparison.Ordinal);

        string kept = Assert.Single(Directory.GetDirectories(folder.File("runs")));
        Assert.Contains($"{Path.GetFileName(kept)}/report.html", run.Output, StringComparison.Ordinal);
        foreach (string file in (string[])["report.html", "junit.xml", "summary.md", "results.db", "manifest.json", "scenarios/demo.yaml"])
        {
            Assert.True(new FileInfo(Path.Combine(kept, file)) is { Exists: true, Length: > 0 }, $"{file} is missing or empty");
        }
        Assert.Empty(Directory.GetFiles(kept, "*.part", SearchOption.AllDirectories));

        XElement suites = XDocument.Load(Path.Combine(kept, "junit.xml")).Root!;
        Assert.Equal("testsuites", suites.Name.LocalName);
        Assert.NotEmpty(suites.Descendants("testcase"));
        Assert.Empty(suites.Descendants("failure"));
        Assert.Empty(suites.Descendants("error"));

        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(kept, "manifest.json")));
        Assert.Contains(Path.GetFileName(kept), manifest.RootElement.GetRawText(), StringComparison.Ordinal);
        Assert.Empty(await LiveCommand.TracesOfAsync(Path.GetFileName(kept)));
    }

    /// <summary>The proof that agreement is not taken for granted: a scenario that must fail does, on every backend.</summary>
    [RootFact]
    public async Task WhatMustFailFailsOnEveryBackend()
    {
        string scenario = Path.Combine(Repository.Root, "scenarios", "library", "must-fail", "unreachable.yaml");
        CommandRun run = (await CommandRun.OfAsync("run", scenario, "--on", string.Join(',', Backends), "--out", folder.File("runs"), "--json")).Ends(1);
        Assert.Equal(Backends.Length, run.Json.GetProperty("failed").GetInt32());
    }
}
