using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Results;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>A profile's programs loaded, by the lab's codecs or by its descriptions.</summary>
public sealed class ProfilePrograms : IDisposable
{
    private readonly BpfDataPlane? own;
    private readonly ProfileDataPlane? described;

    private ProfilePrograms(BpfDataPlane? own, ProfileDataPlane? described)
    {
        this.own = own;
        this.described = described;
    }

    public IDataPlane DataPlane => (IDataPlane?)own ?? described!;

    /// <param name="settings">What the lab's own programs are loaded with; those of a described profile are as they are compiled, and must speak this dialect.</param>
    /// <param name="options">Of the lab's own programs; null: tables of a few thousand rows, which are emptied between vectors in microseconds.</param>
    /// <exception cref="HarnessException">An object is missing, is not as described, or the kernel refused it.</exception>
    /// <exception cref="ArgumentException">The profile is held to another dialect.</exception>
    public static ProfilePrograms Load(Profile profile, int droplets, DataPlaneSettings settings, BpfOptions? options = null)
    {
        if (profile.Encoding == ProfileEncoding.Mizarlab)
        {
            return new ProfilePrograms(new BpfDataPlane(droplets, RunFolder.NewId(), (options ?? new BpfOptions { Sizes = Fuzzing.SmallTables.Sizes }) with { Settings = settings, Objects = profile.Folder }), null);
        }
        return Speaks(profile, settings)
            ? new ProfilePrograms(null, new ProfileDataPlane(profile, droplets, RunFolder.NewId()))
            : throw new ArgumentException($"profile {profile.Name} is held to '{profile.Dialect.ToString().ToLowerInvariant()}' and has no switches", nameof(settings));
    }

    /// <summary>Whether a profile's programs can be run under these settings.</summary>
    public static bool Speaks(Profile profile, DataPlaneSettings settings) =>
        profile.Encoding == ProfileEncoding.Mizarlab || settings == DataPlaneSettings.Of(profile.Dialect);

    /// <summary>Runs a function on the data plane's own thread.</summary>
    public T Execute<T>(Func<T> function) => own is not null ? own.Execute(function) : described!.Execute(function);

    public void Dispose()
    {
        own?.Dispose();
        described?.Dispose();
    }
}
