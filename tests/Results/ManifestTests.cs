using System.Collections.Immutable;
using System.Text;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Results;
using MizarLab.Observation;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Results;

public class ManifestTests
{
    [Fact]
    public void SaysWhereTheRunCameFrom()
    {
        Manifest manifest = ManifestFactory.Create(
            new ManifestInputs(
                "1a2b3c4d", new DateTimeOffset(2026, 11, 21, 22, 0, 0, TimeSpan.FromHours(1)), TimeSpan.FromSeconds(1.5), 7, [Dialect.Mizar, Dialect.Lab, Dialect.Mizar],
                ["demo"], ["model"], ImmutableSortedDictionary<string, string>.Empty),
            Repository.Root);
        Assert.Equal("2026-11-21T21:00:00Z", manifest.StartedUtc);
        Assert.Equal(1500, manifest.ElapsedMilliseconds);
        Assert.Equal("mizar, lab", manifest.Dialect);
        Assert.Matches(@"^\d+\.\d+\.\d+$", manifest.ToolVersion);
        Assert.StartsWith("Linux ", manifest.Kernel, StringComparison.Ordinal);
        Assert.Contains(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), manifest.Kernel, StringComparison.Ordinal);
        Assert.EndsWith("in use", manifest.Cpu, StringComparison.Ordinal);
    }

    [Fact]
    public void ACpuThatCannotBeReadIsSaidToBeUnknown() => Assert.StartsWith("unknown (", ManifestFactory.Cpu("/nowhere/cpuinfo"), StringComparison.Ordinal);

    [Fact]
    public void TheFileReadsBackAsItWasWritten()
    {
        Manifest manifest = SampleRun.Manifest("1a2b3c4d") with { Seed = ulong.MaxValue };
        using MemoryStream stream = new();
        ManifestFile.Write(manifest, stream);
        Assert.Contains("\"git_commit\": \"0123", Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
        stream.Position = 0;
        Manifest read = ManifestFile.Read(stream);
        Assert.Equal(manifest.Arguments.AsEnumerable(), read.Arguments);
        Assert.Equal(manifest.Backends.AsEnumerable(), read.Backends);
        Assert.Equal(manifest.Probes, read.Probes);
        Assert.Equal(manifest, read with { Arguments = manifest.Arguments, Backends = manifest.Backends, Probes = manifest.Probes });
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void WhatIsNoManifestIsRefused(string text) =>
        Assert.Throws<HarnessException>(() => ManifestFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text))));
}
