using System.Collections.Immutable;
using System.Diagnostics;
using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Conformance;
using MizarLab.Harness.Conformance.Fuzzing;
using MizarLab.Observation;
using Xunit.Abstractions;

namespace MizarLab.Tests.Conformance.Fuzzing;

/// <summary>
/// Programs compiled with a bug on purpose (bpf/planted.h): fuzzing finds each, shrinks it to a frame and a handful of rows, and the file it saves fails on these
/// programs and passes on the right ones.
/// </summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    private const int MostRows = 12;

    [RootFact]
    public void A_wrong_checksum_is_found() => Find("PLANT_WRONG_CHECKSUM", "frame", "csum");

    [RootFact]
    public void A_missing_check_of_the_TTL_is_found() => Find("PLANT_MISSING_TTL_CHECK", "verdict", "TtlExpired, bpf");

    [RootFact]
    public void A_forgotten_write_to_a_cache_is_found() => Find("PLANT_FORGOTTEN_CACHE_WRITE", "tables", "direct_path");

    [RootFact]
    public void A_wrong_byte_of_an_option_is_found() => Find("PLANT_WRONG_OPTION_BYTE", "frame", "pad");

    [RootFact]
    public void A_swapped_port_is_found() => Find("PLANT_SWAPPED_PORT", null, "");

    /// <summary>What would let a function behind a proxied endpoint speak for another tenant.</summary>
    [RootFact]
    public void A_missing_check_of_a_functions_VNI_is_found() => Find("PLANT_MISSING_VNI_CHECK", "verdict", "DROP ForeignVni, bpf", DataPlaneSettings.Lab);

    private void Find(string define, string? kind, string says) => Find(define, kind, says, DataPlaneSettings.Mizar, DataPlaneSettings.Lab);

    private void Find(string define, string? kind, string says, params ImmutableArray<DataPlaneSettings> dialects)
    {
        string folder = Directory.CreateTempSubdirectory("mizarlab-planted-").FullName;
        try
        {
            string objects = Compile(folder, define);
            foreach (DataPlaneSettings settings in dialects)
            {
                FuzzOptions options = new() { Settings = [settings], Cases = 20_000, Folder = Path.Combine(folder, "found"), Objects = objects, MostDifferences = settings.Dialect == Dialect.Mizar ? 1 : 3 };
                FuzzReport report = new Fuzzer(options).Run(progress: null, CancellationToken.None);

                FuzzDifference? found = report.Differences.FirstOrDefault(one => (kind is null || one.Kind == kind) && one.Text.Contains(says, StringComparison.OrdinalIgnoreCase));
                Assert.True(found is not null, string.Join('\n', report.Differences.Select(one => $"{one.Kind}: {one.Text}")));
                output.WriteLine($"{define} in {settings.Dialect}: {found.Kind} within {report.Cases} cases, {found.Rows} rows, {found.FrameBytes} bytes: {found.Text}");
                Assert.Equal(1, found.Steps);
                Assert.InRange(found.Rows, 0, MostRows);
                Assert.Equal(Result.Fail, Replay(found.File!, objects));
                Assert.Equal(Result.Pass, Replay(found.File!, objects: null));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Result Replay(string file, string? objects)
    {
        VectorSuite suite = VectorSuite.Load(file);
        DataPlaneSettings settings = Assert.Single(suite.Settings);
        Assert.Equal(Result.Pass, Assert.Single(VectorRunner.Run(suite, new ModelDataPlane(suite.Droplets, settings))).Result);
        using BpfDataPlane programs = new(suite.Droplets, "0000f0f0", new BpfOptions { Settings = settings, Objects = objects });
        return Assert.Single(programs.Execute(() => VectorRunner.Run(suite, programs))).Result;
    }

    /// <summary>The programs with one define, built by their own script from a copy of their own sources, in the form that any switches load.</summary>
    private static string Compile(string folder, string define)
    {
        string sources = Path.Combine(folder, "bpf"), objects = Path.Combine(folder, "objects");
        Directory.CreateDirectory(sources);
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "bpf")))
        {
            File.Copy(file, Path.Combine(sources, Path.GetFileName(file)));
        }
        ProcessStartInfo start = new("sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(sources, "build.sh"));
        start.ArgumentList.Add(objects);
        start.Environment["BPF_CFLAGS"] = $"-D{define}";
        start.Environment["BPF_FORMS"] = "any";
        using Process build = Process.Start(start)!;
        Task<string> said = build.StandardOutput.ReadToEndAsync();
        string errors = build.StandardError.ReadToEnd();
        build.WaitForExit();
        Assert.True(build.ExitCode == 0, said.Result + errors);
        return objects;
    }
}
