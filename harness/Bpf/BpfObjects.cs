using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>Where the compiled XDP programs lie, and whether this machine can load them.</summary>
public static class BpfObjects
{
    /// <summary>Names the folder of the objects, in place of the one in the repository.</summary>
    public const string Variable = "MIZARLAB_BPF";

    private const string Mend = "run bpf/build.sh, which needs clang, libbpf-dev and linux-libc-dev";

    /// <summary>File name of a program's object.</summary>
    public static string FileOf(ProgramId program) => program == ProgramId.Agent ? "agent.bpf.o" : "transit.bpf.o";

    /// <summary>
    /// An object's file: of those that bpf/build.sh compiles for the default switches of <c>lab</c> too, into a folder beside, that one when they are what is
    /// loaded, and of them the one for usual options when these are; else the one for any switches. What they do is the same, the fixed ones are some tenth faster.
    /// </summary>
    internal static string FileFor(BpfOptions options, string name)
    {
        const string compiledForLab = "lab", compiledForUsual = "usual";
        string folder = options.Objects ?? Locate();
        if (options.Settings.On != DataPlaneSettings.Lab.On)
        {
            return Path.Combine(folder, name);
        }
        string usual = Path.Combine(folder, compiledForLab, compiledForUsual, name), lab = Path.Combine(folder, compiledForLab, name);
        return options.AreUsual && File.Exists(usual) ? usual : File.Exists(lab) ? lab : Path.Combine(folder, name);
    }

    /// <summary>The folder that holds both objects: what <see cref="Variable"/> names, else <c>.build/bpf</c> of the repository this program was built in.</summary>
    /// <exception cref="HarnessException">There is none; says how to make it.</exception>
    public static string Locate()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        string folder = !string.IsNullOrEmpty(named) ? named : RepositoryFolder();
        foreach (ProgramId program in Enum.GetValues<ProgramId>())
        {
            if (!File.Exists(Path.Combine(folder, FileOf(program))))
            {
                throw new HarnessException($"the XDP programs are not compiled: no {FileOf(program)} in {folder}; {Mend}");
            }
        }
        return folder;
    }

    /// <summary>Whether programs can be loaded here: root, libbpf, and the objects. Loads nothing.</summary>
    public static Availability Probe()
    {
        if (LibC.EffectiveUser() != 0)
        {
            return Availability.No("loading XDP programs needs root");
        }
        if (!NativeLibrary.TryLoad("libbpf.so.1", out nint library))
        {
            return Availability.No("libbpf.so.1 is not installed (Debian: libbpf1)");
        }
        NativeLibrary.Free(library);
        try
        {
            Locate();
            return Availability.Yes;
        }
        catch (HarnessException missing)
        {
            return Availability.No(missing.Message);
        }
    }

    /// <summary>The repository this program was built in.</summary>
    /// <exception cref="HarnessException">It is in none.</exception>
    public static string Repository
    {
        get
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "MizarLab.sln")))
                {
                    return folder.FullName;
                }
            }
            throw new HarnessException($"the XDP programs are not found: no repository above {AppContext.BaseDirectory}; set {Variable} to their folder");
        }
    }

    private static string RepositoryFolder() => Path.Combine(Repository, ".build", "bpf");
}
