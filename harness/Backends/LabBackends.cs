namespace MizarLab.Harness.Backends;

/// <summary>The lab's backends. A new one is a line here.</summary>
public static class LabBackends
{
    public static BackendCatalog Create() => new(new ModelBackend(), new BpfBackend(), new NetnsBackend(), new DockerBackend());
}
