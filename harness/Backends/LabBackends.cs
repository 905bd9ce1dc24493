using MizarLab.Harness.Conformance.Profiles;

namespace MizarLab.Harness.Backends;

/// <summary>The lab's backends. A new one is a line here.</summary>
public static class LabBackends
{
    /// <summary>For one command: what they keep from one scenario to the next goes when the catalog is disposed of.</summary>
    /// <param name="profile">Whose programs <c>bpf</c> runs; null: the lab's own.</param>
    public static BackendCatalog Create(Profile? profile = null) =>
        new(new ModelBackend(), profile is null ? new BpfBackend(keeps: true) : new ProfileBackend(profile), new NetnsBackend(), new DockerBackend());
}
