using System.Collections.Immutable;

namespace MizarLab.Harness.Backends;

/// <summary>The backends by name, in the order they run. A new backend is one line where the catalog is made.</summary>
public sealed class BackendCatalog(params ReadOnlySpan<IBackend> backends) : IDisposable
{
    private readonly ImmutableArray<IBackend> all = [.. backends];

    public ImmutableArray<string> Names => [.. all.Select(b => b.Traits.Name)];

    public ImmutableArray<IBackend> All => all;

    public void Dispose()
    {
        foreach (IDisposable backend in all.OfType<IDisposable>())
        {
            backend.Dispose();
        }
    }

    /// <exception cref="KeyNotFoundException">No backend has this name.</exception>
    public IBackend this[string name] =>
        all.FirstOrDefault(b => b.Traits.Name == name)
        ?? throw new KeyNotFoundException($"no backend is named '{name}'; there are {string.Join(", ", Names)}");
}
