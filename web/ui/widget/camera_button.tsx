// Whether there is a camera to use, and the camera itself, which is fetched when it is first opened.
import type { FunctionComponent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { CameraProps } from './camera'

type State = PermissionState | 'unknown'

/** The camera of this device: whether pages may ask for one at all, and what was decided about it so far. */
export function useCamera(): { state: () => State; here: boolean; seen: () => void } {
  const state = useRef<State>('unknown')
  useEffect(() => {
    let status: PermissionStatus | undefined
    const note = (): void => { if (status) state.current = status.state }
    // Not every browser knows this name.
    navigator.permissions?.query({ name: 'camera' as PermissionName }).then((found) => {
      status = found
      note()
      found.addEventListener('change', note)
    }, () => undefined)
    return () => status?.removeEventListener('change', note)
  }, [])
  const here = typeof navigator.mediaDevices?.getUserMedia === 'function'
  return { state: () => state.current, here, seen: () => { state.current = 'granted' } }
}

export function LazyCamera(props: CameraProps) {
  const [Camera, setCamera] = useState<FunctionComponent<CameraProps> | undefined>(undefined)
  useEffect(() => {
    void import('./camera').then((m) => setCamera(() => m.Camera), props.onClose)
  }, [])
  return Camera ? <Camera {...props} /> : null
}
