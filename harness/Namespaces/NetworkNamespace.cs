using System.Runtime.ExceptionServices;
using MizarLab.Harness.Backends;
using Microsoft.Win32.SafeHandles;

namespace MizarLab.Harness.Namespaces;

/// <summary>
/// A named network namespace (<c>/run/netns/NAME</c>), entered by <c>setns</c> on a thread of its own. A socket or BPF link made
/// inside stays there, whoever uses it afterwards.
/// </summary>
/// <remarks>
/// A thread's children inherit its namespace, and .NET starts pool workers, timers and the socket engine from whichever thread first asks. So what runs
/// inside makes things (sockets, links, sysctls) and returns; it starts no task, no timer, no process and nothing asynchronous.
/// </remarks>
public sealed class NetworkNamespace : IDisposable
{
    /// <summary>Where iproute2 keeps named namespaces.</summary>
    public const string Folder = "/run/netns";

    private readonly SafeFileHandle handle;

    private NetworkNamespace(string name, SafeFileHandle handle)
    {
        Name = name;
        this.handle = handle;
    }

    public string Name { get; }

    /// <exception cref="HarnessException">There is no namespace of this name.</exception>
    public static NetworkNamespace Open(string name)
    {
        try
        {
            return new NetworkNamespace(name, File.OpenHandle(Path.Combine(Folder, name)));
        }
        catch (IOException error)
        {
            throw new HarnessException($"cannot open network namespace '{name}': {error.Message}", error);
        }
    }

    /// <summary>Runs <paramref name="action"/> inside and returns its result; its exception is rethrown here as it was.</summary>
    public T Run<T>(Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                if (LibC.SetNamespace(handle, LibC.CloneNewNet) != 0)
                {
                    throw new HarnessException($"cannot enter network namespace '{Name}': {LibC.LastError()} (the lab needs root with CAP_SYS_ADMIN)");
                }
                result = action();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        })
        {
            IsBackground = true,
            Name = Name,
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Runs <paramref name="action"/> inside.</summary>
    public void Run(Action action) => Run(() =>
    {
        action();
        return 0;
    });

    public void Dispose() => handle.Dispose();
}
